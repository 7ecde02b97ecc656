import { encodeEvent, type ActivityEvent } from '@medserve/events';
import { orUnavailable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';
import type { RecordWriter } from '../records/record-writer';

/** What somebody did, or was refused, that is not the course of a request: on its way to the ledger of the tenant. */
export class ActivityStore {
  constructor(
    private readonly writer: RecordWriter,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * Resolves when the event is on disk, in one commit with the records that are on their way.
   *
   * @throws ServingError `unavailable` or `overloaded`: then what it tells of must not happen either
   */
  async record(event: ActivityEvent): Promise<void> {
    const payload = encodeEvent(event);
    await orUnavailable(this.writer.submit({ kind: 'tell', tenant: event.tenant, event: event.id, payload }));
    this.wakeUp.ring();
  }
}
