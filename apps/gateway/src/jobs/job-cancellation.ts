import { setTimeout as delay } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import { isId } from '@medserve/events';
import type { Logger } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import type { JobStore, ListedJob } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { JobRegistry } from './job-registry';

/** How long a cancelled job is waited for, so that its caller hears how it ended; it ends in any case. */
const ENDING_MS = 5_000;
const LOOK_MS = 50;

/** How often a gateway with jobs asks whether one of them is to end: what was asked at another gateway is heard so late. */
const LISTEN_MS = 1_000;

export interface JobCancellationParts {
  readonly store: Pick<JobStore, 'find' | 'askToCancel' | 'heardCancellations'>;
  readonly jobs: Pick<JobRegistry, 'cancel' | 'cancellable'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly logger: Logger;
}

/**
 * Ends jobs before they have an answer, at whichever gateway they run. Who wants it is on record first; the wish is a row that the
 * gateway of the job finds, so that it is neither lost nor heard by one that has nothing to do with it.
 */
export class JobCancellation {
  private readonly closing = new AbortController();
  private listening: Promise<void> | undefined;

  constructor(private readonly parts: JobCancellationParts) {}

  /** Listens for wishes that other gateways took, until it is closed. */
  start(): this {
    this.listening = this.listen();
    return this;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.listening;
  }

  /**
   * @returns the job as it stands then. One that had ended before is left as it ended; one that runs still ends soon.
   * @throws ServingError `not_found`; `job_state` for what is no job; `unavailable`
   */
  async cancel(by: Principal, id: string): Promise<ListedJob> {
    const { store, activities } = this.parts;
    const job = await this.find(by, id);
    if (job.state !== 'accepted') return job;
    if (job.door !== 'jobs') throw notAJob();
    const entry = activities.eventOf(by, { event: 'job_cancelled', subject: `result:${id}`, outcome: 'success' });
    await store.askToCancel(by.tenant, id, entry);
    await this.hear();
    return this.ended(by, id);
  }

  /** Ends those of this gateway's jobs that somebody wants to have ended. @throws ServingError `unavailable` */
  async hear(): Promise<void> {
    const { store, jobs } = this.parts;
    const running = jobs.cancellable();
    if (running.length === 0) return;
    for (const id of await store.heardCancellations(running)) jobs.cancel(id);
  }

  private async listen(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.hear().catch((error: unknown) => {
        this.parts.logger.warn('it is not known whether jobs are to be cancelled; they go on meanwhile', { error });
      });
      await delay(LISTEN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async ended(by: Principal, id: string): Promise<ListedJob> {
    const untilMs = performance.now() + ENDING_MS;
    for (;;) {
      const job = await this.find(by, id);
      if (job.state !== 'accepted' || performance.now() >= untilMs) return job;
      await delay(LOOK_MS, undefined, { ref: false });
    }
  }

  private async find({ tenant }: Principal, id: string): Promise<ListedJob> {
    const job = isId(id) ? await this.parts.store.find(tenant, id) : undefined;
    if (job === undefined) throw new ServingError('not_found', 'There is no job with this id.');
    return job;
  }
}

const notAJob = (): ServingError =>
  new ServingError('job_state', 'The request is no job: its caller waits for the answer, and ends it by hanging up.');
