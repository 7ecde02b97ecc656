import { Worker } from 'node:worker_threads';
import { ServingError, toServingError } from '@medserve/errors';
import { unreadable } from '../refuse';
import { fromPlain, type PlainError } from './plain-error';

/** What a thread says: that it listens, then one of the other two for each call. */
export type ThreadReply<Answer> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly error: PlainError };

/** A call, and the memory that moves with it. */
export interface Parcel<Call> {
  readonly call: Call;
  readonly transfer: readonly ArrayBuffer[];
}

export interface ThreadPoolOptions {
  /** Threads, and so calls that run at once. */
  readonly workers: number;
  /** Whether they start before they are needed; absent: when they first are. */
  readonly areWarm?: boolean;
  /** Calls that may wait for a thread. */
  readonly queueLimit: number;
  /** How the limit is told: `decode queue: 512 studies`. */
  readonly queueWords: { readonly name: string; readonly unit: string };
  /** Of one call; a thread that has just been started may take as long again to start. */
  readonly timeoutMs: number;
  /** JavaScript heap of one thread in MiB; buffers live outside of it. */
  readonly heapMib: number;
  /** The compiled file that it runs. */
  readonly workerFile: string;
}

export interface ThreadPoolStats {
  readonly workers: number;
  readonly busy: number;
  readonly queued: number;
  /** Threads that had to be ended: after a timeout, a crash or a cancelled call. */
  readonly replaced: number;
}

interface Job<Call, Answer> {
  readonly make: () => Promise<Parcel<Call>>;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ServingError) => void;
}

/** A cancelled call may finish within this time; a thread that is still at it then is replaced. */
const CANCEL_GRACE_MS = 100;

/**
 * Calls on threads, so that a slow image delays nobody and a lethal one kills a thread, not the process: one that overruns its
 * time, crashes or runs out of memory is replaced, and its call ends as `unreadable_image`.
 */
export class ThreadPool<Call, Answer> {
  private readonly slots: Slot<Call, Answer>[];
  private readonly queue: Job<Call, Answer>[] = [];
  private isClosed = false;

  constructor(private readonly options: ThreadPoolOptions) {
    this.slots = Array.from({ length: options.workers }, () => new Slot(options));
  }

  /**
   * @param make the call, when its turn has come: what waits holds no memory yet
   * @throws ServingError what the thread refuses with; `overloaded` when the queue is full; `cancelled` once `signal` aborts;
   *   `unavailable` after `close`
   */
  async run(make: () => Promise<Parcel<Call>>, signal?: AbortSignal): Promise<Answer> {
    if (this.isClosed) throw closed();
    if (signal?.aborted === true) throw cancelled();
    const idle = this.slots.find((slot) => !slot.isBusy);
    const { queueLimit, queueWords } = this.options;
    if (idle === undefined && this.queue.length >= queueLimit) {
      throw new ServingError('overloaded', 'Too many images wait to be read.', {
        limit: `${queueWords.name}: ${String(queueLimit)} ${queueWords.unit}`,
      });
    }
    let abort: (() => void) | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const job: Job<Call, Answer> = { make, signal, resolve, reject };
        abort = () => {
          this.abandon(job);
        };
        signal?.addEventListener('abort', abort, { once: true });
        if (idle === undefined) this.queue.push(job);
        else void this.serve(idle, job);
      });
    } finally {
      if (abort !== undefined) signal?.removeEventListener('abort', abort);
    }
  }

  stats(): ThreadPoolStats {
    return {
      workers: this.slots.length,
      busy: this.slots.filter((slot) => slot.isBusy).length,
      queued: this.queue.length,
      replaced: this.slots.reduce((sum, { replaced }) => sum + replaced, 0),
    };
  }

  /** Refuses what waits, gives up what runs, ends the threads. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const job of this.queue.splice(0)) job.reject(closed());
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  /** Between one call and the next that waits, the slot is never seen idle: nobody can slip in. */
  private async serve(slot: Slot<Call, Answer>, job: Job<Call, Answer>): Promise<void> {
    slot.isBusy = true;
    try {
      const parcel = await job.make();
      // Who went away meanwhile will not say so again.
      if (job.signal?.aborted === true) throw cancelled();
      job.resolve(await slot.run(parcel, job.signal));
    } catch (error) {
      job.reject(toServingError(error));
    }
    const next = this.isClosed ? undefined : this.queue.shift();
    if (next === undefined) slot.isBusy = false;
    else void this.serve(slot, next);
  }

  private abandon(job: Job<Call, Answer>): void {
    const at = this.queue.indexOf(job);
    if (at >= 0) this.queue.splice(at, 1);
    job.reject(cancelled());
  }
}

const cancelled = (): ServingError => new ServingError('cancelled', 'The request was cancelled.');
const closed = (): ServingError => new ServingError('unavailable', 'The platform is shutting down.');

/** One place in the pool: a thread, and the one after it when that had to be ended. */
class Slot<Call, Answer> {
  isBusy = false;
  replaced = 0;
  private isClosed = false;
  private readonly ready = new WeakSet<Worker>();
  private worker: Worker | undefined;

  constructor(private readonly options: ThreadPoolOptions) {
    if (options.areWarm === true) this.worker = this.start();
  }

  async run({ call, transfer }: Parcel<Call>, signal: AbortSignal | undefined): Promise<Answer> {
    if (this.isClosed) throw closed();
    const worker = (this.worker ??= this.start());
    worker.ref();
    try {
      return await this.ask(worker, call, transfer, signal);
    } finally {
      worker.unref();
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.worker?.terminate();
  }

  /** Settles once: by the reply, by the end of the thread, or by a timer that ends the thread. */
  private ask(
    worker: Worker,
    call: Call,
    transfer: readonly ArrayBuffer[],
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const { timeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        act();
      };
      const end = (error: ServingError): void => {
        settle(() => {
          this.replace(worker);
          reject(error);
        });
      };
      const onMessage = (reply: ThreadReply<Answer>): void => {
        if (reply.kind === 'ready') {
          // Its start is not the image's time.
          if (signal?.aborted !== true) timer.refresh();
          return;
        }
        settle(() => {
          if (reply.kind === 'done') resolve(reply.answer);
          else reject(fromPlain(reply.error));
        });
      };
      let cause: unknown;
      const onError = (error: Error): void => {
        cause = error;
      };
      // Behind every error, and behind every message that it sent: only then is it known whether it was ready.
      const onExit = (): void => {
        end(this.isClosed ? closed() : this.failure(worker, cause));
      };
      let timer = setTimeout(() => {
        end(unreadable(`The image took longer than ${String(timeoutMs / 1000)} s to read.`));
      }, timeoutMs);
      const onAbort = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          end(cancelled());
        }, CANCEL_GRACE_MS);
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.postMessage(call, transfer);
    });
  }

  private start(): Worker {
    const worker = new Worker(this.options.workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: this.options.heapMib, stackSizeMb: 4 },
    });
    worker.once('message', () => this.ready.add(worker));
    // A thread that ends while it has nothing to do has nobody to tell.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      // One that ends between two calls is started again when the next one needs it.
      if (this.worker === worker && !this.isBusy) this.worker = undefined;
    });
    worker.unref();
    return worker;
  }

  /** A thread that never got as far as taking a call fails by our fault, any other by what it was given. */
  private failure(worker: Worker, cause: unknown): ServingError {
    return this.ready.has(worker)
      ? unreadable('The image took more memory than may be used for it, or made its reader fail.', cause)
      : new ServingError('internal', 'A thread could not start.', { cause });
  }

  private replace(worker: Worker): void {
    void worker.terminate();
    if (this.isClosed) return;
    this.replaced += 1;
    this.worker = this.options.areWarm === true ? this.start() : undefined;
  }
}
