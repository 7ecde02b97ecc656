import { mediaTypeHint } from './media-type-hint';
import { parseWishes } from './parse-wishes';
import type { InferenceRequest } from '../infer/inference-request';

/** The raw form of a request: the body is the image, the wishes are query parameters. */
export function parseRawRequest(body: Buffer, contentType: string | undefined, query: unknown): InferenceRequest {
  return { ...parseWishes(query), files: [{ bytes: body, ...mediaTypeHint(contentType) }] };
}
