import { encodeEvent, type ActivityEvent } from '@medserve/events';
import { orUnavailable, type Database } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

const INSERT = 'INSERT INTO outbox (event, tenant, payload) VALUES ($1, $2, $3)';

/** What somebody did, or was refused, that is not the course of a request: on its way to the ledger of the tenant. */
export class ActivityStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * Resolves when the event is on disk.
   *
   * @throws ServingError `unavailable`: then what it tells of must not happen either
   */
  async record(event: ActivityEvent): Promise<void> {
    const payload = encodeEvent(event);
    const values = [event.id, event.tenant, payload];
    await orUnavailable(this.database.rows({ name: 'activity-record', text: INSERT, values }));
    this.wakeUp.ring();
  }
}
