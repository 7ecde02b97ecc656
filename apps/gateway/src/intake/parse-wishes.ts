import { parseWith } from '../http/parse-with';
import { requestSchema, type RequestWishes } from '../infer/inference-request';

/** @throws ServingError as `parseWith` does */
export function parseWishes(source: unknown): RequestWishes {
  return parseWith(requestSchema, source);
}
