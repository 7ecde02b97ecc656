import { ServingError } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
  }
}

/** The principal of a request that passed the door. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new ServingError('unauthenticated', 'The request carries no valid key.');
  return request.principal;
}
