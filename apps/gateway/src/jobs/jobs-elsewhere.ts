import { setTimeout as delay } from 'node:timers/promises';
import { ServingError, toServingError } from '@medserve/errors';
import { isId } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { JobStore } from '@medserve/storage';
import type { AuditedResults } from '../records/audited-results';
import type { Progress, StoredResult } from '../infer/ports';
import type { WatchedJobs } from './stream-job';

/** How often the row of a job is looked at for somebody who watches it. */
const LOOK_MS = 1_000;
/** Who still watches then is let go, and may ask again: far longer than a request usually takes. */
const WATCH_MS = 900_000;
/** Each costs a look at a row a second. */
const WATCHERS = 100;

/** How far a job is that another gateway runs: it was accepted; that gateway alone knows more. */
export const FAR_AWAY: Progress = { phase: 'accepted', percent: 1 };

export interface JobsElsewhereParts {
  readonly store: Pick<JobStore, 'find'>;
  readonly results: Pick<AuditedResults, 'ended'>;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Until the next look. @throws what the signal was aborted with */
  readonly pause?: (signal: AbortSignal) => Promise<unknown>;
}

/** Requests that another gateway runs, by their rows: that they run, and how they ended. */
export class JobsElsewhere {
  private watchers = 0;
  private readonly pause: (signal: AbortSignal) => Promise<unknown>;

  constructor(private readonly parts: JobsElsewhereParts) {
    this.pause = parts.pause ?? ((signal) => delay(LOOK_MS, undefined, { signal, ref: false }));
  }

  /** Whether a request of the tenant runs, at whichever gateway. @throws ServingError `unavailable` */
  async isRunning({ tenant }: Principal, id: string): Promise<boolean> {
    return isId(id) && (await this.parts.store.find(tenant, id))?.state === 'accepted';
  }

  /** The same as somebody watches those of this gateway. */
  watchedBy(by: Principal): WatchedJobs {
    return {
      ensureWatchable: () => {
        if (this.watchers < WATCHERS) return;
        throw new ServingError('overloaded', 'As many jobs of other gateways are watched here as may.', {
          limit: `watchers: ${String(WATCHERS)}`,
        });
      },
      watch: (id, listener, onGivenUp) => {
        const stop = new AbortController();
        this.watchers += 1;
        const job = { id, tenant: by.tenant, written: '' };
        listener({ ...job, progress: FAR_AWAY });
        void this.follow(by, id, stop.signal)
          .then((end) => {
            if (end === undefined) onGivenUp();
            else listener({ ...job, progress: { phase: 'ended', percent: 100 }, ...end });
          })
          // Nobody listens any more.
          .catch(() => undefined)
          .finally(() => {
            this.watchers -= 1;
          });
        return () => {
          stop.abort();
        };
      },
    };
  }

  /** @returns undefined where it took too long @throws what the signal was aborted with */
  private async follow(by: Principal, id: string, signal: AbortSignal) {
    const untilMs = this.parts.now() + WATCH_MS;
    while (this.parts.now() < untilMs) {
      await this.pause(signal);
      const end = await this.look(by, id).catch(stillUnknown);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  /** @returns undefined while it runs; how it ended, where there is anything to be read of that */
  private async look(by: Principal, id: string): Promise<{ readonly ended?: StoredResult } | undefined> {
    return (await this.isRunning(by, id)) ? undefined : { ended: await this.parts.results.ended(by, id) };
  }
}

/** What was destroyed, or abandoned with its gateway, has ended. What the database does not say now, it says later. */
function stillUnknown(error: unknown): Record<string, never> | undefined {
  const { reason } = toServingError(error);
  return reason === 'not_found' || reason === 'result_shredded' ? {} : undefined;
}
