import { ServingError, toServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import { requireScope, type Authenticator, type Principal } from '@medserve/security';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tellDenied } from '../audit/denied-request';
import type { Oversight } from '../audit/oversight';
import { BREAK_GLASS } from '../break-glass/break-glass';
import { callerOf } from '../identity/caller';
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
export function denyByDefault(
  server: FastifyInstance,
  authenticator: Authenticator,
  instruments: Instruments,
  oversight: Pick<Oversight, 'denials' | 'breakGlass'>,
): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      await admit(request, authenticator, oversight);
    } catch (thrown) {
      const error = toServingError(thrown);
      instruments.refusals.inc({ reason: error.reason });
      await tellDenied(oversight.denials, request, error);
      sendRefusal(reply, error);
      return reply;
    }
    return undefined;
  });
}

async function admit(
  request: FastifyRequest,
  authenticator: Authenticator,
  { breakGlass }: Pick<Oversight, 'breakGlass'>,
): Promise<void> {
  const { access } = request.routeOptions.config as { access?: Access };
  if (access === 'open') return;
  if (access === 'loopback') {
    if (LOOPBACK.has(request.ip)) return;
    throw new ServingError('forbidden', 'This path answers on the machine itself only.');
  }
  request.principal = await callerOf(request, authenticator);
  // An unknown path has no route, so it is told as such to whoever has a credential.
  if (access === 'known' || request.is404) return;
  if (access === undefined) throw new ServingError('forbidden', 'The path says nothing of who may use it.');
  const { id } = request.params as { readonly id?: string };
  const use = { route: request.routeOptions.url ?? '', access, id };
  request.principal = await breakGlass.widen(request.principal, request.headers[BREAK_GLASS], use);
  requireScope(request.principal, access);
}

/** The principal of a request that passed the door. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new ServingError('unauthenticated', 'The request carries no valid key.');
  return request.principal;
}
