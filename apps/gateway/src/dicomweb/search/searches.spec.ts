import type { ArchiveQuery } from '@medserve/archive';
import type { Principal } from '@medserve/security';
import type { DicomWebParts } from '../dicom-web';
import { parseSearch } from './parse-search';
import { runSearch, type SearchScope } from './searches';

const BY: Principal = { id: 'tester', kind: 'client', tenant: 'home', scopes: new Set() };
const NUMBER_OF_INSTANCES = 0x00201208;

async function run(
  query: Readonly<Record<string, string>>,
  scope: SearchScope = { level: 'study' },
  ignored: number[] = [],
  isCut = false,
) {
  const queries: ArchiveQuery[] = [];
  const archive = {
    query: (asked: ArchiveQuery) => {
      queries.push(asked);
      return Promise.resolve({ rows: [], isCut, ignored });
    },
  } as unknown as DicomWebParts['archive'];
  const pool = {} as DicomWebParts['pool'];
  const { warnings } = await runSearch({ archive, pool }, BY, scope, parseSearch(query), 'http://host/dicom-web');
  return { warnings, query: queries[0] };
}

describe('a search of QIDO-RS', () => {
  it('tells UIDs of its path from those that are keys', async () => {
    const scope: SearchScope = { level: 'instance', studyUid: '1.1', seriesUid: '1.2' };
    expect((await run({ SOPInstanceUID: '1.3' }, scope)).query).toMatchObject({
      level: 'instance',
      match: [{ tag: 0x00080018, value: '1.3' }],
      within: { studyUid: '1.1', seriesUid: '1.2' },
    });
    expect((await run({ StudyInstanceUID: '1.1' }, { level: 'series' })).query).toMatchObject({
      match: [{ tag: 0x0020000d, value: '1.1' }],
      within: {},
    });
  });

  it('says when fuzzy matching was applied, which it is to names alone', async () => {
    const fuzzy = [expect.stringContaining('fuzzy matching was applied')];
    expect((await run({ fuzzymatching: 'true', PatientName: 'jorg' })).warnings).toEqual(fuzzy);
    expect((await run({ fuzzymatching: 'true', PatientName: '' })).warnings).toEqual([]);
    expect((await run({ fuzzymatching: 'true', PatientID: 'P-1' })).warnings).toEqual([]);
    expect((await run({ fuzzymatching: 'false', PatientName: 'jorg' })).warnings).toEqual([]);
  });

  it('says which ways of matching there are not', async () => {
    const asked = { emptyvaluematching: 'true', multiplevaluematching: 'false', AccessionNumber: '""' };
    const said = ['The emptyvaluematching parameter is not supported. Empty Value Matching has not been performed.'];
    expect((await run(asked)).warnings).toEqual(said);
  });

  it('says that there are more, also where the caller set the limit', async () => {
    const more = ['There are additional results that can be requested.'];
    expect((await run({}, undefined, [], true)).warnings).toEqual(more);
    expect((await run({ limit: '2' }, undefined, [], true)).warnings).toEqual(more);
    expect((await run({ limit: '2' })).warnings).toEqual([]);
  });

  it('names the keys that chose nothing', async () => {
    const { warnings } = await run({ NumberOfStudyRelatedInstances: '999' }, undefined, [NUMBER_OF_INSTANCES]);
    expect(warnings).toEqual(['These keys were not matched: NumberOfStudyRelatedInstances.']);
  });
});
