import { keysOf, parseWorkitemSearch, searched } from './search-query';

describe('the query of a search for workitems', () => {
  it('names keys by keyword or tag, also those inside of sequences', () => {
    const search = parseWorkitemSearch({
      ProcedureStepState: 'SCHEDULED,IN PROGRESS',
      '00741202': 'ct*',
      'ReferencedRequestSequence.StudyInstanceUID': '1.2',
      'ReferencedRequestSequence.AccessionNumber': 'A-1',
      SOPInstanceUID: '2.25.42',
      includefield: 'InputInformationSequence',
      limit: '7',
      offset: '14',
    });
    expect(search).toEqual({
      match: {
        states: ['SCHEDULED', 'IN PROGRESS'],
        labels: ['ct*'],
        studyUids: ['1.2'],
        accessions: ['A-1'],
        uids: ['2.25.42'],
        uuids: ['00000000-0000-0000-0000-00000000002a'],
      },
      include: ['00404021'],
      limit: 7,
      offset: 14,
      ignored: [],
      fuzzy: false,
      notPerformed: [],
    });
  });

  it.each([
    ['20261126', '2026-11-26T00:00:00.000Z', '2026-11-26T23:59:59.999Z'],
    ['20261126-', '2026-11-26T00:00:00.000Z', undefined],
    ['-20261126', undefined, '2026-11-26T23:59:59.999Z'],
    ['20261126060000-0500-20261126070000-0500', '2026-11-26T11:00:00.000Z', '2026-11-26T12:00:00.999Z'],
  ])('takes the range %s', (value, from, to) => {
    const { scheduled } = parseWorkitemSearch({ ScheduledProcedureStepStartDateTime: value }).match;
    expect([scheduled?.from?.toISOString(), scheduled?.to?.toISOString()]).toEqual([from, to]);
  });

  it.each([
    ['19700101', { from: '19700101', to: '19700101' }],
    ['19700101-', { from: '19700101' }],
    ['-19791231', { to: '19791231' }],
    ['19700101-19791231', { from: '19700101', to: '19791231' }],
  ])('takes the dates of birth %s', (value, born) => {
    expect(parseWorkitemSearch({ PatientBirthDate: value }).match).toEqual({ born });
  });

  it('says what it does not match, and tells no more at once than a page', () => {
    const search = parseWorkitemSearch({
      StudyDescription: 'x',
      'ScheduledWorkitemCodeSequence.CodeMeaning': '1',
      'ScheduledHumanPerformersSequence.HumanPerformerCodeSequence.CodeValue': '1',
      limit: '99999',
    });
    expect(search.ignored).toEqual([
      '00081030',
      'ScheduledWorkitemCodeSequence.CodeMeaning',
      'ScheduledHumanPerformersSequence.HumanPerformerCodeSequence.CodeValue',
    ]);
    expect([search.match, search.limit]).toEqual([{}, 1_000]);
  });

  it('takes the keys of one sequence of codes together, and knows the codes of the work of routes', () => {
    const coded = (query: Record<string, string>): unknown => parseWorkitemSearch(query).match.codes;
    const both = { 'ScheduledWorkitemCodeSequence.CodeValue': '110001', '00404018.00080102': 'DCM' };
    expect(coded(both)).toEqual([
      {
        sequence: '00404018',
        values: { '00080100': ['110001'], '00080102': ['DCM'] },
        ofRoutes: [expect.objectContaining({ '00080100': { vr: 'SH', Value: ['110001'] } })],
      },
    ]);
    expect(coded({ 'ScheduledStationClassCodeSequence.CodeValue': 'A,B' })).toEqual([
      { sequence: '00404026', values: { '00080100': ['A', 'B'] }, ofRoutes: [] },
    ]);
    expect(coded({ 'ScheduledStationNameCodeSequence.CodeValue': '*' })).toBeUndefined();
    expect(keysOf(parseWorkitemSearch({ ...both, WorklistLabel: 'ct' }).match)).toBe(3);
  });

  it('says that names were to be matched by more than their letters', () => {
    expect(parseWorkitemSearch({ fuzzymatching: 'true' }).fuzzy).toBe(true);
    expect(parseWorkitemSearch({ fuzzymatching: 'false' }).fuzzy).toBe(false);
  });

  it('chooses by no key that matches everything, and counts an attribute once', () => {
    const { match, ignored } = parseWorkitemSearch({
      SOPInstanceUID: '2.25.42',
      PatientID: '*',
      StudyInstanceUID: '',
      'ReferencedRequestSequence.StudyInstanceUID': '*',
      'ReferencedRequestSequence.AccessionNumber': '',
    });
    expect(Object.keys(match)).toEqual(['uids', 'uuids']);
    expect([ignored, keysOf(match)]).toEqual([[], 1]);
  });

  it('finds nothing by a state that there is not', () => {
    expect(parseWorkitemSearch({ ProcedureStepState: 'DONE' }).match).toEqual({ states: [] });
  });

  it('leaves long sequences out unless they are asked for', () => {
    const dataSet = { '00404021': { vr: 'SQ' }, '00741000': { vr: 'CS' }, '00741216': { vr: 'SQ' } };
    expect(Object.keys(searched(dataSet, []))).toEqual(['00741000']);
    expect(Object.keys(searched(dataSet, ['00741216']))).toEqual(['00741000', '00741216']);
    expect(searched(dataSet, 'all')).toEqual(dataSet);
  });
});
