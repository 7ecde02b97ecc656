import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import { Activities } from '../activities/activities';

/** Activities whose events stay here, in order; while `isAway` nothing can be put on record. */
export class ToldActivities {
  readonly told: ActivityEvent[] = [];
  isAway = false;
  /** At the ceiling of the outbox. */
  isFull = false;
  readonly activities = new Activities(
    {
      record: (event) => {
        if (this.isAway) return Promise.reject(new ServingError('unavailable', 'The database is away.'));
        this.told.push(event);
        return Promise.resolve();
      },
    },
    {
      check: () => {
        if (this.isFull) throw new ServingError('unavailable', 'The outbox is full.', { retryAfterMs: 5_000 });
      },
    },
    () => new Date(0),
  );

  /** Of each event: its name, what it was about, how it went. */
  get brief(): string[] {
    return this.told.map(({ event, subject, outcome }) => `${event} ${subject} ${outcome}`);
  }
}
