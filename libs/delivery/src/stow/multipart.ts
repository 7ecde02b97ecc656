import { createHash } from 'node:crypto';
import type { ParcelObject } from '../parcel';

export interface Multipart {
  readonly contentType: string;
  readonly bytes: number;
  /** Read from the start by everyone who asks for it. */
  readonly body: AsyncIterable<Buffer>;
}

/** What is to be sent could not be read from the archive. */
export class UnreadableError extends Error {
  constructor(cause: unknown) {
    super(`An object could not be read: ${cause instanceof Error ? cause.message : 'no reason is given'}`, { cause });
    this.name = 'UnreadableError';
  }
}

/**
 * Part 10 files as `multipart/related` (PS3.18 8.6.1.2.1, RFC 2387), each read when its turn comes: one at a time in memory. Its length is
 * known before.
 */
export function multipart(objects: readonly ParcelObject[]): Multipart {
  const boundary = createHash('sha256')
    .update(objects.map(({ sopInstanceUid }) => sopInstanceUid).join())
    .digest('hex')
    .slice(0, 48);
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const end = Buffer.from('\r\n');
  const last = Buffer.from(`--${boundary}--\r\n`);
  const bytes = objects.reduce((sum, object) => sum + head.length + object.bytes + end.length, last.length);
  async function* body(): AsyncGenerator<Buffer> {
    for (const object of objects) {
      yield head;
      yield await object.read().catch((cause: unknown) => {
        throw new UnreadableError(cause);
      });
      yield end;
    }
    yield last;
  }
  return {
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    bytes,
    body: { [Symbol.asyncIterator]: body },
  };
}
