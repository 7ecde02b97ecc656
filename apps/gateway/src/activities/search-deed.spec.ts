import { askedIn, oneOf, searchDeed } from './search-deed';

const references = {
  study: (_tenant: string, uid: string) => `study-${String(uid.length)}`,
  patient: (_tenant: string, { id, issuer }: { id: string; issuer?: string | undefined }) =>
    `patient-${String(id.length)}-${String(issuer?.length ?? 0)}`,
};
const PATIENT_ID = 0x00100020;
const STUDY = 0x0020000d;

describe('the entry of a search', () => {
  it('holds hashes of the one study and the one patient that were asked for, and no value', () => {
    const match = [
      { tag: STUDY, value: '1.2.3' },
      { tag: PATIENT_ID, value: 'JANE-4711 ' },
      { tag: 0x00100021, value: 'NORTH' },
      { tag: 0x00080050, value: '' },
      { tag: 0x00080020, value: '*' },
    ];
    const searched = { tenant: 'home', door: 'qido', level: 'series', ...askedIn(match), matches: 4 } as const;
    const deed = searchDeed(references, searched);
    expect(deed).toEqual({
      event: 'study_searched',
      subject: 'study:study-5',
      outcome: 'success',
      patient: 'patient-9-5',
      facts: { door: 'qido', level: 'series', keys: 3, matches: 4 },
    });
    expect(JSON.stringify(deed)).not.toMatch(/JANE|1\.2\.3|NORTH/);
  });

  it.each(['1.2\\1.3', '1.2,1.3'])('names nobody where the search does not: studies %s', (value) => {
    const match = [
      { tag: STUDY, value },
      { tag: PATIENT_ID, value: 'JAN*' },
    ];
    expect(searchDeed(references, { tenant: 'home', door: 'dimse', level: 'study', ...askedIn(match) })).toEqual({
      event: 'study_searched',
      subject: 'archive:study',
      outcome: 'success',
      facts: { door: 'dimse', level: 'study', keys: 2 },
    });
  });

  it.each([[[]], [['']], [['a', 'b']], [['a?']], [['*']], [['a\\b']]])('has no one value in %j', (values) => {
    expect(oneOf(values)).toBeUndefined();
  });
});
