import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { parseJson } from '../intake/parse-json-body';
import { parseWith } from '../http/parse-with';

/**
 * The JSON of a request of OpenAI's API. Its clients write `null` for what they leave out.
 *
 * @throws ServingError `invalid_request` naming the member, never its value
 */
export function readBody<T>({ body }: Pick<FastifyRequest, 'body'>, schema: z.ZodType<T>): T {
  const document = parseJson(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  return parseWith(schema, isObject(document) ? withoutNulls(document) : document);
}

const isObject = (document: unknown): document is Readonly<Record<string, unknown>> =>
  typeof document === 'object' && document !== null && !Array.isArray(document);

const withoutNulls = (document: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
