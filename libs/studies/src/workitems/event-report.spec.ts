import { eventReport, UPS_EVENT } from './event-report';

describe('an event report', () => {
  it('is the command and what it says, as one data set in the order of tags', () => {
    const says = { '00741000': { vr: 'CS', Value: ['IN PROGRESS'] }, '00404041': { vr: 'CS', Value: ['READY'] } };
    const report = eventReport({ uid: '2.25.7', event: UPS_EVENT.state, says }, 23);
    expect(Object.entries(report).map(([tag, { vr, Value }]) => [tag, vr, ...(Value ?? [])])).toEqual([
      ['00000002', 'UI', '1.2.840.10008.5.1.4.34.6.1'],
      ['00000100', 'US', 256],
      ['00000110', 'US', 23],
      ['00000800', 'US', 1],
      ['00001000', 'UI', '2.25.7'],
      ['00001002', 'US', 1],
      ['00404041', 'CS', 'READY'],
      ['00741000', 'CS', 'IN PROGRESS'],
    ]);
  });
});
