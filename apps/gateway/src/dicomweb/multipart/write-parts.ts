import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

/** One part of an answer. */
export interface AnswerPart {
  readonly contentType: string;
  /** Bytes, or what opens their stream when they leave: what nobody reads is not opened. */
  readonly body: Uint8Array | (() => Readable);
}

export interface MultipartAnswer {
  readonly contentType: string;
  readonly body: Readable;
}

/** The same bytes as the framework takes them. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/**
 * A `multipart/related` body (RFC 2387) that is made as it is read: a part is asked for when the one before it has left.
 *
 * @param type of the parts, for the type of the whole
 */
export function writeParts(type: string, parts: AsyncIterable<AnswerPart>): MultipartAnswer {
  const boundary = randomUUID();
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: Readable.from(bytesOf(boundary, parts), { objectMode: false }),
  };
}

async function* bytesOf(boundary: string, parts: AsyncIterable<AnswerPart>): AsyncGenerator<Uint8Array> {
  for await (const { contentType, body } of parts) {
    yield Buffer.from(`--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`, 'latin1');
    if (body instanceof Uint8Array) yield body;
    else yield* body() as AsyncIterable<Uint8Array>;
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}

/**
 * The same, with the first made now: what fails for all of them fails before a byte of the answer has left.
 *
 * @throws what making the first throws
 */
export async function withFirst<T>(items: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await items.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* items;
  })();
}
