import { parseSubscriptionFilter } from './subscription-filter';

describe('the filter of a subscription', () => {
  it('is a list of keys and values, which may have commas', () => {
    const filter = 'WorklistLabel=ct,head*,ScheduledProcedureStepPriority=HIGH,00404041=READY';
    expect(parseSubscriptionFilter({ filter, deletionlock: 'true' })).toEqual({
      labels: ['ct,head*'],
      priorities: ['HIGH'],
      readiness: ['READY'],
    });
  });

  it('takes each key as a parameter of its own, too, and times', () => {
    const found = parseSubscriptionFilter({
      WorklistLabel: 'ct',
      ScheduledProcedureStepStartDateTime: '20261126060000+0000-20261126070000+0000',
    });
    expect(found).toMatchObject({
      labels: ['ct'],
      scheduled: { from: new Date('2026-11-26T06:00:00Z'), to: new Date('2026-11-26T07:00:00.999Z') },
    });
  });

  it('leaves out the state that every workitem begins in', () => {
    const filter = 'WorklistLabel=ct,ProcedureStepState=SCHEDULED';
    expect(parseSubscriptionFilter({ filter })).toEqual({ labels: ['ct'] });
  });

  it.each([
    ['nothing', {}],
    ['an empty filter', { filter: '' }],
    ['the state alone', { filter: 'ProcedureStepState=SCHEDULED' }],
    ['a state that none begins in', { filter: 'WorklistLabel=ct,ProcedureStepState=COMPLETED' }],
    ['one workitem', { filter: 'SOPInstanceUID=1.2.3' }],
    ['a patient', { filter: 'WorklistLabel=ct,PatientID=MRN1' }],
    ['a study', { filter: 'StudyInstanceUID=1.2.3' }],
    ['an attribute that is not searched by', { filter: 'WorklistLabel=ct,PatientBirthDate=19700101' }],
    ['no list of pairs', { filter: 'WorklistLabel' }],
    ['a key that is said twice', { filter: 'WorklistLabel=ct,WorklistLabel=mr' }],
    ['a key in both ways', { filter: 'WorklistLabel=ct', WorklistLabel: 'mr' }],
    ['a parameter that is said twice', { filter: ['WorklistLabel=ct', 'WorklistLabel=mr'] }],
  ])('refuses %s', (_what, query) => {
    expect(() => parseSubscriptionFilter(query)).toThrow(
      expect.objectContaining({ reason: 'invalid_request' }) as Error,
    );
  });
});
