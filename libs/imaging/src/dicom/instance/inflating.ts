import { once } from 'node:events';
import { createInflateRaw, type InflateRaw } from 'node:zlib';
import { notUnderstood } from './instance-fault';

const CHUNK_BYTES = 256 * 1024;

/**
 * Inflates a data set as it comes (PS3.5 A.5) and hands on what it becomes, of which nothing is kept: what deflates to a thousandth is
 * read in the same memory as all else.
 */
export class Inflating {
  private readonly inflate: InflateRaw = createInflateRaw({ chunkSize: CHUNK_BYTES });
  private fault: Error | undefined;
  private bytes = 0;

  /** @param onData may throw, which ends it */
  constructor(onData: (chunk: Buffer) => void, maxBytes: number) {
    this.inflate.on('error', () => {
      this.fault ??= notUnderstood('deflated data');
    });
    this.inflate.on('data', (chunk: Buffer) => {
      if (this.fault !== undefined) return;
      try {
        this.bytes += chunk.length;
        if (this.bytes > maxBytes) throw notUnderstood(`inflated: ${String(maxBytes)} bytes`);
        onData(chunk);
      } catch (error) {
        this.fault = error as Error;
        this.inflate.destroy();
      }
    });
  }

  /** @throws what `onData` threw; InstanceFault */
  async write(chunk: Buffer): Promise<void> {
    this.check();
    await new Promise<void>((resolve) => {
      this.inflate.once('close', resolve);
      this.inflate.write(chunk, () => {
        this.inflate.off('close', resolve);
        resolve();
      });
    });
    this.check();
  }

  /** @throws as `write`; InstanceFault where the data is cut short */
  async end(): Promise<void> {
    if (!this.inflate.destroyed) {
      const ended = Promise.race([once(this.inflate, 'end'), once(this.inflate, 'close')]).catch(() => undefined);
      this.inflate.end();
      await ended;
    }
    this.check();
  }

  /** Nothing more is wanted of it. */
  close(): void {
    this.inflate.destroy();
  }

  private check(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}
