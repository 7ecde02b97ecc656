import type { FastifyRequest } from 'fastify';
import { ServingError } from '@medserve/errors';
import { parseAccept, type Accepted } from './accept';

export type RetrieveQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A query is read as a form is, where a plus stands for a space: in the middle of a type it was a plus. */
const LOST_PLUS = /([\w.-]+\/[\w.-]+) (?=\w)/g;

/**
 * What the caller takes: the query parameter `accept` goes before the header (PS3.18 8.3.3.1).
 *
 * @throws ServingError `invalid_request` naming the one that is no list of media types
 */
export function acceptedBy({ headers }: Pick<FastifyRequest, 'headers'>, query: RetrieveQuery): Accepted[] {
  const { accept } = query;
  if (accept === undefined) return parseAccept(headers.accept);
  if (typeof accept !== 'string') {
    throw new ServingError('invalid_request', 'The parameter stands there more than once.', { field: 'accept' });
  }
  return parseAccept(accept.replace(LOST_PLUS, '$1+'), 'accept');
}
