import { ServingError } from '@medserve/errors';
import { requireScope, type Authenticator } from '@medserve/security';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Oversight } from '../oversight/oversight';
import { BREAK_GLASS } from '../break-glass/break-glass';
import { callerOf } from '../identity/caller';
import type { SessionDoor } from '../identity/session-door';
import type { Access } from '../http/access';
import type { Refusals } from '../http/refusals';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * Lets nobody in by default: every request passes here before its body is read, and what a route requires stands on the
 * matched route itself, so no spelling of a path gets around it. An unknown path, too, is told only to who has a key.
 */
export function denyByDefault(
  server: FastifyInstance,
  authenticator: Authenticator,
  refusals: Pick<Refusals, 'orRefused'>,
  oversight: Pick<Oversight, 'breakGlass'>,
  sessions?: Pick<SessionDoor, 'secretOf'>,
): void {
  server.addHook(
    'onRequest',
    refusals.orRefused((request) => admit(request, authenticator, oversight, sessions)),
  );
}

async function admit(
  request: FastifyRequest,
  authenticator: Authenticator,
  { breakGlass }: Pick<Oversight, 'breakGlass'>,
  sessions: Pick<SessionDoor, 'secretOf'> | undefined,
): Promise<void> {
  const { access } = request.routeOptions.config as { access?: Access };
  if (access === 'open') return;
  if (access === 'loopback') {
    if (LOOPBACK.has(request.ip)) return;
    throw new ServingError('forbidden', 'This path answers on the machine itself only.');
  }
  request.principal = await callerOf(request, authenticator, sessions);
  // An unknown path has no route, so it is told as such to whoever has a credential.
  if (access === 'known' || request.is404) return;
  if (access === undefined) throw new ServingError('forbidden', 'The path says nothing of who may use it.');
  const { id, study, uid } = request.params as Readonly<Partial<Record<'id' | 'study' | 'uid', string>>>;
  const use = { route: request.routeOptions.url ?? '', access, id, study: study ?? uid };
  request.principal = await breakGlass.widen(request.principal, request.headers[BREAK_GLASS], use);
  requireScope(request.principal, access);
}
