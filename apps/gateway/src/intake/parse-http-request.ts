import { ServingError } from '@medserve/errors';
import type { FastifyRequest } from 'fastify';
import type { RequestLimits } from '../infer/limits';
import { fetchInputs, type EarlierFiles } from './fetch-inputs';
import type { InferenceRequest } from '../infer/inference-request';
import { parseJsonRequest } from './parse-json-body';
import { parseMultipartRequest } from './parse-multipart';
import { parseRawRequest } from './parse-raw-request';

const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** Reads an inference request in whichever of its three forms it came. @param earlier files that the JSON form may speak of */
export async function parseHttpRequest(
  request: FastifyRequest,
  limits: RequestLimits,
  earlier: EarlierFiles,
): Promise<InferenceRequest> {
  const idempotencyKey = idempotencyKeyOf(request);
  return { ...(await parseBody(request, limits, earlier)), idempotencyKey };
}

function parseBody(
  request: FastifyRequest,
  limits: RequestLimits,
  earlier: EarlierFiles,
): InferenceRequest | Promise<InferenceRequest> {
  const contentType = request.headers['content-type'];
  if (request.isMultipart()) return parseMultipartRequest(request, limits);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json')
    return fetchInputs(parseJsonRequest(body, limits.files), earlier, limits);
  return parseRawRequest(body, contentType, request.query);
}

/** @throws ServingError `invalid_request` */
export function idempotencyKeyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY_PATTERN.test(key)) {
    throw new ServingError('invalid_request', 'The header is not 1 to 255 visible ASCII characters.', {
      field: 'Idempotency-Key',
    });
  }
  return key;
}
