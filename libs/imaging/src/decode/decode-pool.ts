import { isMarkedAsUntransferable, Worker } from 'node:worker_threads';
import { join, sep } from 'node:path';
import { ServingError, toServingError } from '@medserve/errors';
import type { DecodedStudy, InputFile } from './decode-study';
import { DECODE_LIMITS, type DecodeLimits } from './limits';
import { unreadable } from './refuse';
import { fromPlain, fromPlainStudy, type DecodeCall, type DecodeReply } from './worker-messages';

export interface DecodePoolOptions {
  /** Threads, and so studies decoded at once. */
  readonly workers: number;
  /** Studies that may wait for a thread. */
  readonly queueLimit: number;
  /** From the moment a thread takes the study; a thread that has just been replaced may take as long again to start. */
  readonly timeoutMs: number;
  readonly limits?: DecodeLimits;
  /** JavaScript heap of one thread in MiB; samples live outside of it and are bounded by `limits`. */
  readonly heapMib?: number;
  /** The compiled `decode-worker`; by default the one beside this file, or in `dist/` when this file runs from its source. */
  readonly workerFile?: string;
}

export interface DecodePoolStats {
  readonly workers: number;
  readonly busy: number;
  readonly queued: number;
  /** Threads that had to be replaced after a timeout, a crash or a cancelled study. */
  readonly replaced: number;
}

interface Job {
  readonly files: readonly InputFile[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: (study: DecodedStudy) => void;
  readonly reject: (error: ServingError) => void;
}

/** A cancelled study may finish within this time; a thread that is still at it then is replaced. */
const CANCEL_GRACE_MS = 100;

/** Tests run from TypeScript sources, which a thread cannot load: there the compiled worker in `dist/` is used. */
const compiledWorker = (): string => join(__dirname.replace(`${sep}src${sep}`, `${sep}dist${sep}`), 'decode-worker.js');

/**
 * Decodes studies on threads of its own, so that a slow image delays nobody and a lethal one kills a thread, not the process:
 * a thread that overruns its time, crashes or runs out of memory is replaced, and its study is `unreadable_image`.
 */
export class DecodePool {
  private readonly slots: Slot[];
  private readonly queue: Job[] = [];
  private readonly options: Required<DecodePoolOptions>;
  private closed = false;

  constructor(options: DecodePoolOptions) {
    this.options = { limits: DECODE_LIMITS, heapMib: 512, workerFile: compiledWorker(), ...options };
    this.slots = Array.from({ length: options.workers }, () => new Slot(this.options));
  }

  /**
   * Takes over the files: buffers that own their memory are moved to the thread and are empty afterwards.
   *
   * @throws ServingError what `decodeStudy` throws; `overloaded` when the queue is full; `cancelled` once `signal` aborts;
   *   `unavailable` after `close`
   */
  async decode(files: readonly InputFile[], signal?: AbortSignal): Promise<DecodedStudy> {
    if (this.closed) throw new ServingError('unavailable', 'The platform is shutting down.');
    if (signal?.aborted === true) throw cancelled();
    const idle = this.slots.find((slot) => !slot.busy);
    if (idle === undefined && this.queue.length >= this.options.queueLimit) {
      const { queueLimit } = this.options;
      throw new ServingError('overloaded', 'Too many images wait to be decoded.', {
        limit: `decode queue: ${String(queueLimit)} studies`,
      });
    }
    let abort: (() => void) | undefined;
    try {
      return await new Promise<DecodedStudy>((resolve, reject) => {
        const job: Job = { files, signal, resolve, reject };
        abort = () => {
          this.abandon(job);
        };
        signal?.addEventListener('abort', abort, { once: true });
        if (idle === undefined) this.queue.push(job);
        else void this.run(idle, job);
      });
    } finally {
      if (abort !== undefined) signal?.removeEventListener('abort', abort);
    }
  }

  stats(): DecodePoolStats {
    return {
      workers: this.slots.length,
      busy: this.slots.filter((slot) => slot.busy).length,
      queued: this.queue.length,
      replaced: this.slots.reduce((sum, slot) => sum + slot.replaced, 0),
    };
  }

  /** Refuses what waits, gives up what runs, ends the threads. */
  async close(): Promise<void> {
    this.closed = true;
    for (const job of this.queue.splice(0)) {
      job.reject(new ServingError('unavailable', 'The platform is shutting down.'));
    }
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  /** Between one study and the next that waits, the slot is never seen idle: nobody can slip in. */
  private async run(slot: Slot, job: Job): Promise<void> {
    slot.busy = true;
    try {
      job.resolve(await slot.run(job.files, job.signal));
    } catch (error) {
      job.reject(toServingError(error));
    }
    const next = this.closed ? undefined : this.queue.shift();
    if (next === undefined) slot.busy = false;
    else void this.run(slot, next);
  }

  private abandon(job: Job): void {
    const at = this.queue.indexOf(job);
    if (at >= 0) this.queue.splice(at, 1);
    job.reject(cancelled());
  }
}

const cancelled = (): ServingError => new ServingError('cancelled', 'The request was cancelled.');

/** One place in the pool: a thread, and the one after it when that had to be ended. */
class Slot {
  busy = false;
  replaced = 0;
  private closed = false;
  private readonly ready = new WeakSet<Worker>();
  /** Undefined after a thread ended by itself between two studies, until the next one needs it. */
  private worker: Worker | undefined;

  constructor(private readonly options: Required<DecodePoolOptions>) {
    this.worker = this.start();
  }

  async run(files: readonly InputFile[], signal: AbortSignal | undefined): Promise<DecodedStudy> {
    const worker = (this.worker ??= this.start());
    worker.ref();
    try {
      const reply = await this.ask(worker, files, signal);
      if (reply.kind === 'refused') throw fromPlain(reply.error);
      return fromPlainStudy(reply.study);
    } finally {
      worker.unref();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
  }

  /** Settles once: by the reply, by the end of the thread, or by a timer that ends the thread. */
  private ask(
    worker: Worker,
    files: readonly InputFile[],
    signal: AbortSignal | undefined,
  ): Promise<Exclude<DecodeReply, { kind: 'ready' }>> {
    const { timeoutMs, limits } = this.options;
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
      const onMessage = (reply: DecodeReply): void => {
        if (reply.kind !== 'ready') {
          settle(() => {
            resolve(reply);
          });
        }
        // A thread that was still starting: its start is not the image's time.
        else if (signal?.aborted !== true) timer.refresh();
      };
      const onError = (error: Error): void => {
        end(this.failure(worker, error));
      };
      const onExit = (): void => {
        end(this.closed ? new ServingError('unavailable', 'The platform is shutting down.') : this.failure(worker));
      };
      const overrun = (): void => {
        end(unreadable(`The image took longer than ${String(timeoutMs / 1000)} s to decode.`));
      };
      let timer = setTimeout(overrun, timeoutMs);
      const onAbort = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          end(cancelled());
        }, CANCEL_GRACE_MS);
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      signal?.addEventListener('abort', onAbort, { once: true });
      const { call, transfer } = parcel(files, limits);
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
      if (this.worker === worker && !this.busy) this.worker = undefined;
    });
    worker.unref();
    return worker;
  }

  /** A thread that never got as far as taking a study fails by our fault, any other by what it was given. */
  private failure(worker: Worker, cause?: unknown): ServingError {
    return this.ready.has(worker)
      ? unreadable('The image took more memory than a decoder may use, or made it fail.', cause)
      : new ServingError('internal', 'A decoder thread could not start.', { cause });
  }

  private replace(worker: Worker): void {
    void worker.terminate();
    if (this.closed) return;
    this.replaced += 1;
    this.worker = this.start();
  }
}

/**
 * The files as a message. A buffer that has its memory for itself is moved; one that shares it (small buffers share a slab,
 * parts of a form share the body) is copied first.
 */
function parcel(files: readonly InputFile[], limits: DecodeLimits): { call: DecodeCall; transfer: ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const sent = files.map(({ bytes, mediaType }) => {
    const { buffer } = bytes;
    const isOwn =
      buffer instanceof ArrayBuffer &&
      bytes.byteLength === buffer.byteLength &&
      !transfer.has(buffer) &&
      !isMarkedAsUntransferable(buffer);
    const own = isOwn ? bytes : new Uint8Array(bytes);
    transfer.add(own.buffer as ArrayBuffer);
    return { bytes: own, mediaType };
  });
  return { call: { files: sent, limits }, transfer: [...transfer] };
}
