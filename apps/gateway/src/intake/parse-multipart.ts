import { ServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';
import type { FastifyRequest } from 'fastify';
import { countArrived } from '../http/body-budget';
import type { RequestLimits } from '../infer/limits';
import { mediaTypeHint } from './media-type-hint';
import { parseJson } from './parse-json-body';
import { parseWishes } from './parse-wishes';
import type { InferenceRequest } from '../infer/inference-request';

const REQUEST_PART_BYTES = 1024 * 1024;

/**
 * The multipart form of a request: parts named `file` in sending order, and at most one part `request` with the wishes.
 * Parts are counted while they arrive, so that no more than the limit is ever held.
 *
 * @throws ServingError `too_large` naming the limit; `invalid_request` for a part that is neither, or a form that is none
 */
export async function parseMultipartRequest(request: FastifyRequest, limits: RequestLimits): Promise<InferenceRequest> {
  if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) throw bodyTooLarge(limits);
  try {
    return await readParts(request, limits);
  } catch (error) {
    // What is still on its way is thrown away: a client that reads its answer only after sending would wait for ever.
    request.raw.unpipe();
    request.raw.resume();
    if (error instanceof ServingError) throw error;
    throw new ServingError('invalid_request', 'The body is not well-formed multipart/form-data.', { cause: error });
  }
}

async function readParts(request: FastifyRequest, limits: RequestLimits): Promise<InferenceRequest> {
  const files: InputFile[] = [];
  let wishes: unknown;
  let held = 0;
  const parts = request.parts({
    // Every part is read as bytes: as text, a `file` without a file name would be damaged, and JSON parsed out of sight.
    isPartAFile: () => true,
    // One more than may be held, so that the limit is noticed here and nothing is cut off in silence.
    limits: { fileSize: limits.bodyBytes + 1, files: limits.files + 2, parts: limits.files + 2 },
  });
  for await (const part of parts) {
    if (part.type !== 'file') continue;
    if (part.fieldname === 'request') {
      if (wishes !== undefined) throw refused('There is more than one part named "request".', 'request');
      wishes = parseJson(
        await collect(request, part.file, REQUEST_PART_BYTES, `request part: ${String(REQUEST_PART_BYTES)} bytes`),
      );
      continue;
    }
    if (part.fieldname !== 'file')
      throw refused('A part is neither "file" nor "request".', part.fieldname.slice(0, 64));
    if (files.length >= limits.files) {
      throw new ServingError('too_large', 'There are too many files.', {
        field: 'file',
        limit: `files: ${String(limits.files)}`,
      });
    }
    const bytes = await collect(request, part.file, limits.bodyBytes - held, limitOf(limits));
    held += bytes.length;
    files.push({ bytes, ...mediaTypeHint(part.mimetype) });
  }
  if (files.length === 0) throw refused('There is no part named "file".', 'file');
  return { ...parseWishes(wishes ?? {}), files };
}

const refused = (detail: string, field: string): ServingError => new ServingError('invalid_request', detail, { field });

const limitOf = ({ bodyBytes }: RequestLimits): string => `body: ${String(bodyBytes)} bytes`;

const bodyTooLarge = (limits: RequestLimits): ServingError =>
  new ServingError('too_large', 'The body is too large.', { limit: limitOf(limits) });

/** The bytes of a part, counted while they arrive. @throws ServingError `too_large` naming the limit, and what counting throws */
export async function collect(
  request: FastifyRequest,
  stream: AsyncIterable<Buffer>,
  limitBytes: number,
  limit: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limitBytes) throw new ServingError('too_large', 'The body is too large.', { limit });
    countArrived(request, chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
