import type { ArchiveQuery, QueryRow, StudySummary } from '@medserve/archive';
import { tagOf, type JsonAttributes } from '@medserve/imaging';
import { ArchiveFacts } from './archive-facts';

const KEY = { tenant: 'north', studyUid: '1.2.3', generation: 1 };
const AT = new Date('2026-11-26T08:00:00Z');

const attributes = (of: Readonly<Record<string, readonly (string | number)[]>>): JsonAttributes =>
  Object.fromEntries(
    Object.entries(of).map(([keyword, Value]) => {
      const tag = tagOf(keyword) ?? 0;
      return [tag.toString(16).toUpperCase().padStart(8, '0'), { vr: 'LO', Value }];
    }),
  );

const row = (
  seriesUid: string,
  number: number,
  more: Parameters<typeof attributes>[0] = {},
  isOwn = false,
): QueryRow => ({
  studyUid: KEY.studyUid,
  seriesUid,
  sopInstanceUid: `${seriesUid}.${String(number)}`,
  bytes: 1,
  isOwn,
  attributes: attributes({
    SOPClassUID: ['1.2.840.10008.5.1.4.1.1.2'],
    Modality: ['CT'],
    ImageType: ['ORIGINAL', 'PRIMARY'],
    InstanceNumber: [number],
    Rows: [512],
    SliceThickness: [5],
    ...more,
  }),
});

function rig(rows: readonly QueryRow[], received: Partial<StudySummary['received']> = {}) {
  const queries: ArchiveQuery[] = [];
  const summary = {
    received: {
      sender: 'CT1',
      lastAt: AT,
      firstAt: AT,
      openBatches: 0,
      instances: 0,
      series: 0,
      bytes: 0,
      ...received,
    },
  } as StudySummary;
  const facts = new ArchiveFacts(
    {
      study: () => Promise.resolve(summary),
      query: (query) => {
        queries.push(query);
        const { offset = 0, limit = rows.length } = query;
        const page = rows.slice(offset, offset + limit);
        return Promise.resolve({ rows: page, isCut: offset + page.length < rows.length, ignored: [] });
      },
    },
    { of: (_key, seriesUid) => Promise.resolve(seriesUid === '1.1' ? { ofStudy: 40, ofSeries: 2 } : {}) },
  );
  return { facts, queries };
}

describe('the facts of a study', () => {
  it('are those of its headers, series by series, in the order of the images', async () => {
    const { facts } = rig([row('1.1', 10), row('1.1', 9), row('1.2', 1, { Modality: ['MR'], NumberOfFrames: [30] })]);
    expect(await facts.facts(KEY)).toMatchObject({
      attributes: { sender: ['CT1'] },
      expected: 40,
      series: [
        {
          uid: '1.1',
          expected: 2,
          attributes: { modality: ['CT'], imageType: ['ORIGINAL', 'PRIMARY'], sliceThickness: [5] },
          instances: [{ sopInstanceUid: '1.1.9' }, { sopInstanceUid: '1.1.10' }],
        },
        { uid: '1.2', attributes: { modality: ['MR'] }, instances: [{ frames: 30 }] },
      ],
    });
  });

  it('have nothing of what we made ourselves', async () => {
    const { facts } = rig([row('1.1', 1), row('2.25.1', 1, { Modality: ['SR'] }, true)]);
    expect((await facts.facts(KEY)).series.map(({ uid }) => uid)).toEqual(['1.1']);
  });

  it('count no frames of what has no pixels', async () => {
    const report = row('1.1', 1, { SOPClassUID: ['1.2.840.10008.5.1.4.1.1.88.33'], Rows: [] });
    expect((await rig([report]).facts.facts(KEY)).series[0]?.instances[0]?.frames).toBe(0);
  });

  it('say what the sender named, and when the association ended', async () => {
    const { facts } = rig([row('1.1', 1)], { route: 'ct-volume', batchEndedAt: AT });
    expect(await facts.facts(KEY)).toMatchObject({
      attributes: { route: ['ct-volume'] },
      batchEndedAtMs: AT.getTime(),
    });
  });

  it('say when a series was made, where its header does', async () => {
    const { facts } = rig([
      row('1.1', 1, { SeriesDate: ['20261126'], SeriesTime: ['081500.123'] }),
      row('1.2', 1, { SeriesDate: ['20261126'] }),
      row('1.3', 1),
    ]);
    const { series } = await facts.facts(KEY);
    expect(series.map(({ madeAtMs }) => madeAtMs)).toEqual([
      Date.UTC(2026, 10, 26, 8, 15),
      Date.UTC(2026, 10, 26),
      undefined,
    ]);
  });

  it('are read page by page, and not of a study beyond measure', async () => {
    const many = rig(Array.from({ length: 5_001 }, (_, at) => row('1.1', at)));
    expect((await many.facts.facts(KEY)).series[0]?.instances).toHaveLength(5_001);
    expect(many.queries.map(({ offset }) => offset)).toEqual([0, 5_000]);
    const endless = rig(Array.from({ length: 50_001 }, (_, at) => row('1.1', at)));
    await expect(endless.facts.facts(KEY)).rejects.toMatchObject({ reason: 'too_large' });
  });
});
