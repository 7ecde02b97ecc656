import type { FastifyRequest } from 'fastify';
import { ServingError } from '@medserve/errors';
import { parseAccept, type Accepted } from '../media/accept';

export type RetrieveQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the caller takes: the query parameter `accept` goes before the header (PS3.18 8.3.3.1). */
export function acceptedBy({ headers }: Pick<FastifyRequest, 'headers'>, query: RetrieveQuery): Accepted[] {
  const { accept } = query;
  if (accept !== undefined && typeof accept !== 'string') {
    throw new ServingError('invalid_request', 'The parameter stands there more than once.', { field: 'accept' });
  }
  return parseAccept(accept ?? headers.accept);
}
