import { newEventId, type LedgerEvent } from '@medserve/events';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { AuditTrail } from './audit-trail';

const REQUEST = newEventId();
const entry = (sequence: number, isInOwnLog: boolean) => ({
  sequence,
  hash: 'ab',
  leaf: Buffer.alloc(0),
  event: { event: 'accepted', at: '2026-11-26T08:00:00.000Z' } as LedgerEvent,
  isInOwnLog,
});

describe('AuditTrail', () => {
  it('says of each record in which log its place is: that of the tenant, or one from before there was one', async () => {
    const { activities } = new ToldActivities();
    const trail = new AuditTrail({
      log: {
        head: () => Promise.resolve({ origin: 'medserve/x/clinic', size: 9 }),
        search: () => Promise.reject(new Error('nothing is searched')),
        ofRequest: () => Promise.resolve([entry(90, false), entry(7, true)]),
      },
      caughtUp: () => Promise.resolve(),
      results: { exists: () => Promise.resolve(true) },
      activities,
      references: { patient: () => '', patientKey: () => '', study: () => '' } as never,
    });
    expect(await trail.recordsOf(PRINCIPAL, REQUEST)).toEqual([
      { event: 'accepted', at: '2026-11-26T08:00:00.000Z', hash: 'ab', sequence: 90, log: null },
      { event: 'accepted', at: '2026-11-26T08:00:00.000Z', hash: 'ab', sequence: 7, log: 'medserve/x/clinic' },
    ]);
  });
});
