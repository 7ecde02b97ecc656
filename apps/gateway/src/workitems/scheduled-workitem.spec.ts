import { UPS_TAG, type WorkitemDataSet } from '@medserve/studies';
import { readDataSet } from './read-data-set';
import { indexOf, scheduled, updated, wantedUid } from './scheduled-workitem';

const text = (vr: string, ...Value: readonly unknown[]) => ({ vr, Value });
const items = (...Value: readonly unknown[]) => ({ vr: 'SQ', Value });
const references = (...uids: readonly string[]) => items(...uids.map((uid) => ({ '00081155': text('UI', uid) })));

const whole: WorkitemDataSet = {
  '00100010': text('PN', { Alphabetic: 'Doe^Jane' }),
  '00100020': text('LO', 'P-7'),
  '00100030': { vr: 'DA' },
  '00100040': { vr: 'CS' },
  '00404005': text('DT', '20261126070000'),
  '00404018': items(),
  '00404021': items({ '0020000D': text('UI', '1.2'), '00081199': references('1.2.1', '1.2.2') }),
  '00404025': items(),
  '00404041': text('CS', 'READY'),
  '0040A370': items({ '0020000D': text('UI', '1.2'), '00080050': text('SH', 'A-1') }),
  '00741000': text('CS', 'SCHEDULED'),
  '00741002': items(),
  '00741200': text('CS', 'HIGH'),
  '00741202': text('LO', 'ct'),
  '00741204': text('LO', 'Volumes'),
  '00741210': items(),
  '00741216': items(),
};
const without = (...tags: readonly string[]): WorkitemDataSet =>
  Object.fromEntries(Object.entries(whole).filter(([tag]) => !tags.includes(tag)));
const no = (): boolean => false;
const yes = (): boolean => true;
const invalid = (field: string) => expect.objectContaining({ reason: 'invalid_request', field }) as Error;

describe('a workitem that is created', () => {
  it('is kept as it was sent, but for what the manager says', () => {
    const { dataSet, isModified } = scheduled({ ...whole, [UPS_TAG.modifiedAt]: text('DT', '2020') });
    expect(isModified).toBe(false);
    expect(dataSet).toEqual(without(UPS_TAG.state));
  });

  it('is given what is of type 2 and was left out, and a label', () => {
    const { dataSet, isModified } = scheduled(without('00741210', '00741202'));
    expect(isModified).toBe(true);
    expect([dataSet['00741210'], dataSet['00741202']]).toEqual([{ vr: 'SQ' }, text('LO', 'UNASSIGNED')]);
  });

  it.each([
    ['ProcedureStepState', without('00741000')],
    ['TransactionUID', { ...whole, '00081195': text('UI', '1.2') }],
    ['ProcedureStepLabel', without('00741204')],
    ['UnifiedProcedureStepPerformedProcedureSequence', { ...whole, '00741216': items({}) }],
  ])('is refused for its %s', (field, dataSet) => {
    expect(() => scheduled(dataSet)).toThrow(invalid(field));
  });

  it('is found by what it names', () => {
    expect(indexOf(whole, yes)).toEqual({
      label: 'ct',
      priority: 'HIGH',
      readiness: 'READY',
      scheduledAt: new Date('2026-11-26T07:00:00Z'),
      patientId: 'P-7',
      patientName: 'Doe^Jane',
      accession: 'A-1',
      studyUids: ['1.2'],
      inputs: ['1.2.1', '1.2.2'],
    });
  });

  it.each([
    ['ScheduledProcedureStepPriority', { ...whole, '00741200': text('CS', 'SOON') }],
    ['InputReadinessState', without('00404041')],
    ['ScheduledProcedureStepStartDateTime', { ...whole, '00404005': text('DT', 'now') }],
  ])('has a %s of the standard', (field, dataSet) => {
    expect(() => indexOf(dataSet, no)).toThrow(invalid(field));
  });

  it('names one study where it is for a route', () => {
    const two = { ...whole, '00404021': items({ '0020000D': text('UI', '1.2') }, { '0020000D': text('UI', '1.3') }) };
    expect(() => indexOf(two, yes)).toThrow(invalid('InputInformationSequence'));
    expect(indexOf(two, no).studyUids).toEqual(['1.2', '1.3']);
    expect(() => indexOf(without('00404021', '0040A370'), yes)).toThrow(invalid('InputInformationSequence'));
  });

  it('has the UID of the request, or that of its data set, which are one where there are both', () => {
    const named = { ...whole, '00080018': text('UI', '1.9') };
    expect([wantedUid('1.8', whole), wantedUid(undefined, whole)]).toEqual(['1.8', undefined]);
    expect([wantedUid(undefined, named), wantedUid('1.9', named)]).toEqual(['1.9', '1.9']);
    expect(() => wantedUid('1.8', named)).toThrow(invalid('SOPInstanceUID'));
    expect(() => wantedUid(undefined, { '00080018': text('UI', 'x') })).toThrow(invalid('SOPInstanceUID'));
  });

  it('is changed attribute by attribute, and never its state', () => {
    expect(updated({ a: text('LO', '1'), b: text('LO', '2') }, { b: text('LO', '3') })).toEqual({
      a: text('LO', '1'),
      b: text('LO', '3'),
    });
    expect(updated(whole, { '00741000': text('CS', 'COMPLETED') })).toEqual(without(UPS_TAG.state));
  });
});

describe('the payload of a workitem', () => {
  const read = (value: unknown, type = 'application/dicom+json') =>
    readDataSet(type, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

  it('is a data set, alone or as the only one of an array', () => {
    expect(read(whole)).toEqual(whole);
    expect(read([whole])).toEqual(whole);
    expect(read({ '0020000d': text('UI', '1.2') })).toEqual({ '0020000D': text('UI', '1.2') });
  });

  const deep = (depth: number): object => (depth === 0 ? {} : { '00404021': items(deep(depth - 1)) });
  it.each([
    ['no JSON', '{'],
    ['two data sets', [whole, whole]],
    ['no object', '"text"'],
    ['a member that is no tag', { PatientID: text('LO', '1') }],
    ['an element without a VR', { '00100020': { Value: ['1'] } }],
    ['a sequence by another VR', { '00404021': text('LO', '1') }],
    ['text for a sequence', { '00404021': items('text') }],
    ['an object for a text', { '00100020': text('LO', {}) }],
    ['values that lie elsewhere', { '00420011': { vr: 'OB', BulkDataURI: 'http://elsewhere' } }],
    ['sequences without end', deep(20)],
  ])('is refused where it is %s', (_what, value) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('is taken as JSON only', () => {
    expect(() => read(whole, 'application/dicom+xml')).toThrow(
      expect.objectContaining({ reason: 'unsupported_media' }) as Error,
    );
  });
});
