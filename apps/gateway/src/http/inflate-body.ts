import { createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib';
import { ServingError } from '@medserve/errors';

const CODINGS: Readonly<Record<string, (options: { chunkSize: number }) => Gunzip | Inflate>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
};

export const CONTENT_ENCODING = 'Content-Encoding';
/** For `Accept-Encoding` in an answer (RFC 9110, section 12.5.3). */
export const CODINGS_TAKEN = 'gzip, deflate';

const CHUNK_BYTES = { least: 16 * 1024, most: 1024 * 1024 };

export interface InflateLimits {
  /** Of the inflated body, in bytes. */
  readonly limitBytes: number;
  /** Told of every part before it is kept; refuses by throwing. */
  readonly take: (bytes: number) => void;
}

/** What the header `Content-Encoding` asks for; undefined: the body is as it came. @throws ServingError `unsupported_media` */
export function codingOf(header: string | undefined): string | undefined {
  const coding = header?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || coding === '') return undefined;
  if (Object.hasOwn(CODINGS, coding)) return coding;
  throw new ServingError('unsupported_media', 'The Content-Encoding of the body is not one that is read here.', {
    field: CONTENT_ENCODING,
    remedy: 'Send the body as it is, or with gzip or deflate.',
  });
}

/** For `Accept-Encoding` where the body is of parts. */
export const NO_CODING = 'identity';

/**
 * A body of parts is read from the connection as it comes, a form as well as the instances of STOW-RS.
 *
 * @throws ServingError `unsupported_media`
 */
export function refuseCodedParts(header: string | undefined): void {
  if (header === undefined || ['', NO_CODING].includes(header.trim().toLowerCase())) return;
  throw new ServingError('unsupported_media', 'A multipart body is not read with a Content-Encoding.', {
    field: CONTENT_ENCODING,
    remedy: 'Send the parts as they are, or what is in one of them by itself with gzip or deflate.',
  });
}

/**
 * The body as it was before `coding`. It is inflated in parts that are counted one by one, so that a small body cannot become a
 * large one in memory before anyone has looked.
 *
 * @throws ServingError `invalid_request` for bytes that are not so coded; `too_large`; what `take` throws
 */
export async function inflateBody(body: Buffer, coding: string, { limitBytes, take }: InflateLimits): Promise<Buffer> {
  const chunkSize = Math.min(Math.max(4 * body.length, CHUNK_BYTES.least), CHUNK_BYTES.most);
  const stream = CODINGS[coding]?.({ chunkSize });
  if (stream === undefined) return body;
  stream.end(body);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limitBytes) {
        throw new ServingError('too_large', 'The inflated body is too large.', {
          limit: `body: ${String(limitBytes)} bytes`,
        });
      }
      take(part.length);
      parts.push(part);
    }
  } catch (thrown) {
    if (thrown instanceof ServingError) throw thrown;
    throw new ServingError('invalid_request', 'The body is not what its Content-Encoding says.', {
      field: CONTENT_ENCODING,
      cause: thrown,
    });
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
}
