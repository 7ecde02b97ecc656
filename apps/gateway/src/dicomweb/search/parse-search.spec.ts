import { parseSearch } from './parse-search';

const [studyDate, uid, name] = [0x00080020, 0x0020000d, 0x00100010];

describe('the query of a search', () => {
  it('names keys by keyword or tag, and lists by commas', () => {
    const search = parseSearch({ PatientName: 'M?ller*', '0020000D': '1.2,3.4', limit: '5', offset: '10' });
    expect(search).toEqual({
      match: expect.arrayContaining([
        { tag: uid, value: '1.2\\3.4' },
        { tag: name, value: 'M?ller*' },
      ]) as unknown,
      include: [],
      fuzzy: false,
      limit: 5,
      offset: 10,
      ignored: [],
      notPerformed: [],
    });
  });

  it.each(['20260102', '20260102-20260104', '20260104-', '-20260101'])('takes the date %s', (value) => {
    expect(parseSearch({ StudyDate: value }).match).toEqual([{ tag: studyDate, value }]);
  });

  it.each([
    ['a word for a date', { StudyDate: 'yesterday' }],
    ['a range without ends', { StudyDate: '-' }],
    ['a time that is none', { StudyTime: '7pm' }],
    ['a UID that is none', { StudyInstanceUID: '1.2,x' }],
    ['a negative limit', { limit: '-1' }],
    ['a word for an offset', { offset: 'many' }],
    ['an unknown attribute', { NoSuchAttribute: '1' }],
    ['a private attribute', { '00091001': '1' }],
    ['an unknown field', { includefield: 'NoSuchAttribute' }],
    ['a word for a flag', { fuzzymatching: 'yes' }],
    ['a word for another flag', { emptyvaluematching: 'yes' }],
    ['a key that stands there twice', { PatientID: ['1', '2'] }],
  ])('refuses %s', (_what, query) => {
    expect(() => parseSearch(query)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('gathers the fields of all lists, and takes the word for all of them', () => {
    expect(parseSearch({ includefield: ['StudyDescription,00080060', 'PatientSex'] }).include).toEqual([
      0x00081030, 0x00080060, 0x00100040,
    ]);
    expect(parseSearch({ includefield: ['StudyDescription', 'all'] }).include).toBe('all');
  });

  it('has what is private told, by the tag that its creator is named with', () => {
    expect(parseSearch({ includefield: '00291001', '00290010': 'ACME' })).toMatchObject({
      match: [],
      include: [0x00291001],
      ignored: ['00290010'],
    });
  });

  it('matches inside of the request attributes, by keyword or tag', () => {
    const match = [{ sequence: 0x00400275, tag: 0x00401001, value: 'RP1' }];
    expect(parseSearch({ 'RequestAttributesSequence.RequestedProcedureID': 'RP1' })).toMatchObject({
      match,
      ignored: [],
    });
    expect(parseSearch({ '00400275.00401001': 'RP1' })).toMatchObject({ match, ignored: [] });
  });

  it.each(['ProcedureCodeSequence.CodeValue', 'RequestAttributesSequence.CodeValue', '00400275.00401001.00080100'])(
    'tells apart the key %s inside of a sequence, which it cannot match',
    (name) => {
      expect(parseSearch({ [name]: '1' })).toMatchObject({ match: [], ignored: [name] });
    },
  );
});
