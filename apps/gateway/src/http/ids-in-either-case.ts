import { isId } from '@medserve/events';
import type { FastifyInstance } from 'fastify';

/** Ids are read in either case and written in lower case (RFC 9562, section 4): records and seals know the one spelling. */
export function readIdsInEitherCase(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const parts = (request.params ?? {}) as Record<string, string>;
    const { id } = parts;
    if (id !== undefined && isId(id)) parts['id'] = id.toLowerCase();
    done();
  });
}
