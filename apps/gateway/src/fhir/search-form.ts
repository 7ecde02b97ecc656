import { ServingError } from '@medserve/errors';
import type { FastifyRequest } from 'fastify';
import type { Parameters } from './search-question';

const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/**
 * The parameters of an address together with those of a form: what stands in both has to hold in both.
 *
 * @throws ServingError `unsupported_media` of a body that is no form
 */
export function withForm(query: Parameters, request: Pick<FastifyRequest, 'headers' | 'body'>): Parameters {
  const { body } = request;
  if (!Buffer.isBuffer(body) || body.length === 0) return query;
  if (!FORM.test(request.headers['content-type'] ?? '')) {
    throw new ServingError('unsupported_media', 'A search is a form: application/x-www-form-urlencoded.', {
      field: 'Content-Type',
      remedy:
        'Send the parameters as application/x-www-form-urlencoded, or without a body in the address: GET /fhir/R4/{type}?result-id={id}.',
    });
  }
  const all = new Map(Object.entries(query).map(([name, value]) => [name, [value].flat()]));
  for (const [name, value] of new URLSearchParams(body.toString('utf8')))
    all.set(name, [...(all.get(name) ?? []), value]);
  return Object.fromEntries([...all].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}
