import { ServingError, toServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import { requireScope, type Authenticator, type Principal } from '@medserve/security';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from './access';
import { sendRefusal } from './send-refusal';

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
  }
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * Lets nobody in by default: every request passes here before its body is read, and what a route requires stands on the
 * matched route itself, so no spelling of a path gets around it. An unknown path, too, is told only to who has a key.
 */
export function denyByDefault(server: FastifyInstance, authenticator: Authenticator, instruments: Instruments): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      await admit(request, authenticator);
    } catch (thrown) {
      const error = toServingError(thrown);
      instruments.refusals.inc({ reason: error.reason });
      sendRefusal(reply, error);
      return reply;
    }
    return undefined;
  });
}

async function admit(request: FastifyRequest, authenticator: Authenticator): Promise<void> {
  const { access } = request.routeOptions.config as { access?: Access };
  if (access === 'open') return;
  if (access === 'loopback') {
    if (LOOPBACK.has(request.ip)) return;
    throw new ServingError('forbidden', 'This path answers on the machine itself only.');
  }
  request.principal = await authenticator.authenticate(request.headers.authorization);
  if (access !== undefined) requireScope(request.principal, access);
}

/** The principal of a request that passed the door. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new ServingError('unauthenticated', 'The request carries no valid key.');
  return request.principal;
}
