import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../database/database';

export const OUTBOX_CHANNEL = 'medserve_outbox';

/**
 * Between two wake-ups: each costs a relay and a ledger append, whose price hardly grows with the events they carry. While there is
 * always something new, each rest is twice as long as the one before, up to the longest. Under load the ledger is so far behind; the
 * next events of a quiet platform are brought to it at once.
 */
const REST_MS = 100;
const LONGEST_REST_MS = 400;

/**
 * Tells the relay that there is something new. Sent after the commit, not inside it: a transaction with a NOTIFY holds a lock
 * of the whole server until it is on disk, so commits could no longer share a disk write. The first leaves at once, what comes
 * soon after it waits for the next; one that gets lost costs the relay's polling interval.
 */
export class WakeUp {
  private isUnderWay = false;
  private isWanted = false;

  constructor(
    private readonly database: Pick<Database, 'rows'>,
    private readonly rest: (ms: number) => Promise<unknown> = (ms) => delay(ms, undefined, { ref: false }),
  ) {}

  ring(): void {
    this.isWanted = true;
    if (!this.isUnderWay) void this.send();
  }

  private async send(): Promise<void> {
    this.isUnderWay = true;
    let restMs = REST_MS;
    while (this.isWanted) {
      this.isWanted = false;
      await this.database.rows({ text: `NOTIFY ${OUTBOX_CHANNEL}`, values: [] }).catch(() => undefined);
      await this.rest(restMs);
      restMs = Math.min(2 * restMs, LONGEST_REST_MS);
    }
    this.isUnderWay = false;
  }
}
