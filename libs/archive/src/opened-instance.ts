import type { Readable } from 'node:stream';
import { ServingError } from '@medserve/errors';
import type { FileStore } from './files/file-store';
import type { KeptInstance } from './index/kept-instance';

/** The file of an instance. Reading throws ServingError `not_found` where it was removed meanwhile. */
export class OpenedInstance {
  constructor(
    readonly instance: KeptInstance,
    private readonly files: FileStore,
  ) {}

  /** Of the whole file. */
  get bytes(): number {
    return this.instance.bytes;
  }

  /** Where the data set begins. */
  get dataSetOffset(): number {
    return this.instance.dataSetOffset;
  }

  /** The whole Part 10 file. */
  read(): Promise<Buffer> {
    return this.readPart(0, this.bytes);
  }

  /** The data set, without the file meta information. */
  async readDataSet(): Promise<Buffer> {
    return (await this.read()).subarray(this.dataSetOffset);
  }

  /** Up to `length` bytes from `start` on: the header of a large instance is had without its pixels. */
  readPart(start: number, length: number): Promise<Buffer> {
    const there = Math.max(Math.min(length, this.bytes - start), 0);
    return this.files.read(this.instance, start, there).catch(asNotFound);
  }

  /** @param end the last byte that is wanted; absent: to the end */
  stream(start = 0, end?: number): Readable {
    return this.files.stream(this.instance, start, end);
  }
}

function asNotFound(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  throw new ServingError('not_found', 'The instance was removed.', { cause: error });
}
