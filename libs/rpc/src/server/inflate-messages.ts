import { createGunzip, createInflate } from 'node:zlib';
import { ServingError } from '@medserve/errors';
import { toStatus } from '../status';

/** What grpc-js keeps to itself of a call. Held by a test to the pinned version. */
interface Internals {
  /** What it throws is the call's status. @param framed behind its prefix @param encoding "identity": it is not compressed */
  decompressMessage: (framed: Buffer, encoding: string) => Promise<Buffer> | Buffer;
}

/** Compression flag and length. */
const PREFIX_BYTES = 5;
const CHUNK_BYTES = { least: 16 << 10, most: 1 << 20 };

const CODINGS = new Map([
  ['gzip', createGunzip],
  ['deflate', createInflate],
]);

/**
 * Has the compressed messages of a call inflated in parts, each of which is counted before it is kept. By itself grpc-js tells
 * of a message when all of it is inflated, and a small one may become as large as any.
 *
 * @param begin a message is about to be inflated, in the order in which they came; what it returns may refuse a part by throwing
 */
export function inflateMessages(
  call: object,
  begin: () => (bytes: number) => void,
  refuse: (error: ServingError) => void,
): void {
  (call as Internals).decompressMessage = (framed, encoding) => {
    const keep = begin();
    const body = framed.subarray(PREFIX_BYTES);
    if (encoding === 'identity') return body;
    return inflate(body, encoding, keep).catch((thrown: unknown) => {
      const error =
        thrown instanceof ServingError
          ? thrown
          : new ServingError('invalid_request', 'The message is not compressed as it says.', { cause: thrown });
      refuse(error);
      // oxlint-disable-next-line typescript/only-throw-error -- grpc-js makes it the status of the call.
      throw toStatus(error);
    });
  };
}

async function inflate(body: Buffer, encoding: string, keep: (bytes: number) => void): Promise<Buffer> {
  const create = CODINGS.get(encoding);
  if (create === undefined) {
    throw new ServingError('unsupported', 'The encoding of the message is not one that is read here.', {
      limit: 'grpc-encoding: identity, deflate, gzip',
    });
  }
  const chunkSize = Math.min(Math.max(4 * body.length, CHUNK_BYTES.least), CHUNK_BYTES.most);
  const stream = create({ chunkSize });
  stream.end(body);
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) {
    keep(part.byteLength);
    parts.push(part);
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
