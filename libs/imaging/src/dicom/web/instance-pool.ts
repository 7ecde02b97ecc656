import { join, sep } from 'node:path';
import { ServingError } from '@medserve/errors';
import { movable } from '../../threads/serve-calls';
import { ThreadPool } from '../../threads/thread-pool';
import type { Rendering } from '../render/render-frame';
import type { InstanceAnswer, InstanceCall } from './instance-calls';

export interface InstancePoolOptions {
  /** Threads, and so files that are read at once. */
  readonly workers: number;
  readonly queueLimit: number;
  readonly timeoutMs: number;
  readonly heapMib?: number;
}

/** Gives the bytes of a DICOM file when there is a thread to read it. */
export type ReadFile = () => Promise<Uint8Array>;

type Asked = InstanceCall extends infer Call ? (Call extends InstanceCall ? Omit<Call, 'file'> : never) : never;

/** Tests run from TypeScript sources, which a thread cannot load: there the compiled worker in `dist/` is used. */
const compiledWorker = (): string =>
  join(__dirname.replace(`${sep}src${sep}`, `${sep}dist${sep}`), 'instance-worker.js');

/**
 * What can be asked of a stored DICOM file beside its bytes, done on threads: files are what others sent.
 *
 * All methods throw ServingError `unreadable_image`, `unsupported_transfer_syntax`, `too_large` for what the file is; `overloaded`
 * when too many wait; `cancelled` once `signal` aborts; `unavailable` after `close`.
 */
export class InstancePool {
  private readonly pool: ThreadPool<InstanceCall, InstanceAnswer>;

  constructor(options: InstancePoolOptions) {
    this.pool = new ThreadPool({
      heapMib: 512,
      queueWords: { name: 'instance queue', unit: 'instances' },
      ...options,
      workerFile: compiledWorker(),
    });
  }

  /** The file in explicit VR little endian, its pixels decoded. */
  async explicitVr(read: ReadFile, signal?: AbortSignal): Promise<Uint8Array> {
    return this.one(read, { ask: 'explicit-vr' }, signal);
  }

  /** The same in implicit VR little endian. */
  async implicitVr(read: ReadFile, signal?: AbortSignal): Promise<Uint8Array> {
    return this.one(read, { ask: 'implicit-vr' }, signal);
  }

  /** Frames, counted from 1, decoded or as they are stored. @throws ServingError also `not_found` */
  async frames(
    read: ReadFile,
    frames: readonly number[] | 'all',
    asStored: boolean,
    signal?: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    return this.buffers(read, { ask: 'frames', frames, asStored }, signal);
  }

  /** An image file of one frame. @throws ServingError also `not_found`, `invalid_request` */
  async rendered(read: ReadFile, rendering: Rendering, signal?: AbortSignal): Promise<Uint8Array> {
    return this.one(read, { ask: 'rendered', rendering }, signal);
  }

  /**
   * The text of a DICOM JSON object (PS3.18 F.2).
   *
   * @param bulkPrefix what stands before the path of an element in the URIs of large values
   */
  async metadata(read: ReadFile, bulkPrefix: string, signal?: AbortSignal): Promise<string> {
    const answer = await this.ask(read, { ask: 'metadata', bulkPrefix }, signal);
    if (typeof answer !== 'string') throw new ServingError('internal', 'The thread answered something else.');
    return answer;
  }

  /** The value of one element. @throws ServingError also `not_found` */
  async bulk(read: ReadFile, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.one(read, { ask: 'bulk', path }, signal);
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async one(read: ReadFile, asked: Asked, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const [only] = await this.buffers(read, asked, signal);
    if (only === undefined) throw new ServingError('internal', 'The thread answered nothing.');
    return only;
  }

  private async buffers(read: ReadFile, asked: Asked, signal: AbortSignal | undefined): Promise<readonly Uint8Array[]> {
    const answer = await this.ask(read, asked, signal);
    if (typeof answer === 'string') throw new ServingError('internal', 'The thread answered something else.');
    return answer;
  }

  private ask(read: ReadFile, asked: Asked, signal: AbortSignal | undefined): Promise<InstanceAnswer> {
    return this.pool.run(async () => {
      const file = movable(await read());
      return { call: { ...asked, file }, transfer: [file.buffer] };
    }, signal);
  }
}
