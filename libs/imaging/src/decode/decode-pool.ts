import { join, sep } from 'node:path';
import { movable } from '../threads/serve-calls';
import { ThreadPool, type Parcel, type ThreadPoolStats } from '../threads/thread-pool';
import type { DecodedStudy, InputFile } from './decode-study';
import { DECODE_LIMITS, type DecodeLimits } from '../limits';
import { fromPlainStudy, type DecodeCall, type PlainStudy } from './worker-messages';

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

export interface DecodeWishes {
  /** Whether the samples are wanted as a NIfTI-1 file, too. */
  readonly asNifti?: boolean;
}

export type DecodePoolStats = ThreadPoolStats;

/** Tests run from TypeScript sources, which a thread cannot load: there the compiled worker in `dist/` is used. */
const compiledWorker = (): string => join(__dirname.replace(`${sep}src${sep}`, `${sep}dist${sep}`), 'decode-worker.js');

/** Decodes studies on threads of its own (`ThreadPool`), which are there before the first study is. */
export class DecodePool {
  private readonly limits: DecodeLimits;
  private readonly pool: ThreadPool<DecodeCall, PlainStudy>;

  constructor({ limits = DECODE_LIMITS, ...options }: DecodePoolOptions) {
    this.limits = limits;
    this.pool = new ThreadPool({
      heapMib: 512,
      workerFile: compiledWorker(),
      areWarm: true,
      queueWords: { name: 'decode queue', unit: 'studies' },
      ...options,
    });
  }

  /**
   * Takes over the files: buffers that own their memory are moved to the thread and are empty afterwards.
   *
   * @throws ServingError what `decodeStudy` throws; `overloaded` when the queue is full; `cancelled` once `signal` aborts;
   *   `unavailable` after `close`
   */
  async decode(
    files: readonly InputFile[],
    signal?: AbortSignal,
    { asNifti = false }: DecodeWishes = {},
  ): Promise<DecodedStudy> {
    return fromPlainStudy(await this.pool.run(() => Promise.resolve(parcel(files, this.limits, asNifti)), signal));
  }

  stats(): DecodePoolStats {
    return this.pool.stats();
  }

  /** Refuses what waits, gives up what runs, ends the threads. */
  close(): Promise<void> {
    return this.pool.close();
  }
}

/**
 * The files as a message. A buffer that has its memory for itself is moved; one that shares it (small buffers share a slab,
 * parts of a form share the body) is copied first.
 */
function parcel(files: readonly InputFile[], limits: DecodeLimits, asNifti: boolean): Parcel<DecodeCall> {
  const transfer = new Set<ArrayBuffer>();
  const sent = files.map(({ bytes, mediaType, view }) => {
    const alone = movable(bytes);
    // The same file may be given twice, and moves once.
    const own = transfer.has(alone.buffer) ? new Uint8Array(alone) : alone;
    transfer.add(own.buffer);
    return { bytes: own, mediaType, view };
  });
  return { call: { files: sent, limits, asNifti }, transfer: [...transfer] };
}
