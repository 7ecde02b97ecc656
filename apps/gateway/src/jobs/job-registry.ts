import { ServingError } from '@medserve/errors';
import { may, type Principal } from '@medserve/security';
import type { Progress } from '../infer/ports';
import type { Ended } from '../infer/prepared';
import { WrittenText } from './written-text';

export interface Job {
  readonly id: string;
  readonly tenant: string;
  readonly progress: Progress;
  /** What its model has written so far; empty of one that does not write. */
  readonly written: string;
  readonly ended?: Ended;
}

type Listener = (job: Job) => void;

interface Entry {
  job: Job;
  readonly listeners: Set<Listener>;
  /** Ends the work; absent: it is done elsewhere. */
  readonly stop: AbortController | undefined;
}

/** As callers see it: what is not known is not there. */
const shown = ({ phase, percent, expectedMs = 0 }: Progress): Progress => ({
  phase,
  percent,
  ...(expectedMs > 0 ? { expectedMs: Math.ceil(expectedMs) } : {}),
});

const CANCELLED = 'Send the request again if it is wanted after all; GET /v1/audit/{id} shows who cancelled it.';

const JOB_LIMIT = 1_000;
const LISTENER_LIMIT = 100;

/**
 * How far the jobs of this gateway are. Only running ones are held: what has ended is in the record, where
 * `GET /v1/results/{id}` finds it. A full registry refuses new jobs.
 */
export class JobRegistry {
  private readonly entries = new Map<string, Entry>();
  /** Places of jobs that are about to be accepted. */
  private readonly reserved = new Set<symbol>();

  /** @throws ServingError `overloaded` when as many jobs run as may */
  ensureRoom(): void {
    if (this.entries.size + this.reserved.size >= JOB_LIMIT) {
      throw new ServingError('overloaded', 'As many jobs are running as may.', { limit: `jobs: ${String(JOB_LIMIT)}` });
    }
  }

  /**
   * A place for a job that is about to be accepted: many may be at once, and each has to find room when it is.
   *
   * @returns gives the place back: the job has started, or is none. It is given back once, however often that is said
   * @throws ServingError `overloaded`
   */
  reserve(): () => void {
    this.ensureRoom();
    const place = Symbol('place');
    this.reserved.add(place);
    return () => {
      this.reserved.delete(place);
    };
  }

  /**
   * A job that runs already, whose idempotency key was repeated, goes on as it is: it ends once.
   *
   * @param stop ends the work of the job with the ServingError that it is aborted with; absent: it is done elsewhere
   */
  start(id: string, tenant: string, ended: Promise<Ended>, written = new WrittenText(), stop?: AbortController): void {
    if (this.entries.has(id)) {
      // Nobody else may listen to how the repetition ended, at its own deadline, say: unheard it would end the process.
      ended.catch(() => undefined);
      return;
    }
    const entry: Entry = {
      job: { id, tenant, progress: { phase: 'accepted', percent: 1 }, written: written.text },
      listeners: new Set(),
      stop,
    };
    this.entries.set(id, entry);
    written.onMore(() => {
      this.tell(entry, { ...entry.job, written: written.text });
    });
    const finish = (outcome?: Ended): void => {
      this.entries.delete(id);
      this.tell(entry, {
        ...entry.job,
        progress: { phase: 'ended', percent: 100 },
        ...(outcome === undefined ? {} : { ended: outcome }),
      });
      entry.listeners.clear();
    };
    ended.then(finish, () => {
      finish();
    });
  }

  report(id: string, progress: Progress): void {
    const entry = this.entries.get(id);
    if (entry !== undefined && progress.percent >= entry.job.progress.percent)
      this.tell(entry, { ...entry.job, progress: shown(progress) });
  }

  /** Ids of the jobs whose work is done here. */
  cancellable(): string[] {
    return [...this.entries.values()].flatMap(({ job, stop }) => (stop === undefined ? [] : [job.id]));
  }

  /** Has the work on a job ended: its record ends as cancelled. One that is not there has ended already. */
  cancel(id: string): void {
    this.entries.get(id)?.stop?.abort(new ServingError('cancelled', 'The job was cancelled.', { remedy: CANCELLED }));
  }

  isRunning(id: string): boolean {
    return this.entries.has(id);
  }

  /** Another tenant's job is as unknown as one that never was. */
  find(by: Principal, id: string): Job | undefined {
    const job = this.entries.get(id)?.job;
    return job !== undefined && may(by, 'read', { kind: 'job', tenant: job.tenant }) ? job : undefined;
  }

  /** @throws ServingError `overloaded` when as many watch the job as may */
  ensureWatchable(id: string): void {
    if ((this.entries.get(id)?.listeners.size ?? 0) >= LISTENER_LIMIT) {
      throw new ServingError('overloaded', 'The job is watched by as many as may.', {
        limit: `watchers: ${String(LISTENER_LIMIT)}`,
      });
    }
  }

  /** Calls back now and after every change, the last time when the job has ended. Returns how to stop. */
  watch(id: string, listener: Listener): () => void {
    const entry = this.entries.get(id);
    if (entry === undefined) return () => undefined;
    entry.listeners.add(listener);
    listener(entry.job);
    return () => entry.listeners.delete(listener);
  }

  private tell(entry: Entry, job: Job): void {
    entry.job = job;
    for (const listener of entry.listeners) listener(job);
  }
}
