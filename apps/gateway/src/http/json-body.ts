import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { parseWith } from './parse-with';
import { parseJson } from './parse-json';
import { SMALL_BODY_BYTES } from './access';

/**
 * The small JSON body of a request; none counts as an empty object.
 *
 * @throws ServingError `invalid_request` naming the member, never its value; `too_large`
 */
export function readJson<T>({ body }: FastifyRequest, schema: z.ZodType<T>): T {
  const hasBody = Buffer.isBuffer(body) && body.length > 0;
  return parseWith(schema, hasBody ? parseJson(body, SMALL_BODY_BYTES).document : {});
}
