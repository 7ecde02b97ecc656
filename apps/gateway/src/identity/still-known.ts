import { requireScope, type Authenticator } from '@medserve/security';
import type { FastifyRequest } from 'fastify';
import { callerOf } from './caller';
import type { SessionDoor } from './session-door';
import type { Access } from '../http/access';

/** Whether who opened a long-lived connection would still be let in: a key may be revoked, a session end, a scope be taken away. */
export class StillKnown {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly sessions: Pick<SessionDoor, 'secretOf'>,
  ) {}

  /** @throws ServingError `unauthenticated`, `forbidden`, `unavailable` */
  async check(request: FastifyRequest): Promise<void> {
    const { access } = request.routeOptions.config as { access?: Access };
    const principal = await callerOf(request, this.authenticator, this.sessions);
    if (access !== undefined && access !== 'open' && access !== 'loopback' && access !== 'known') {
      requireScope(principal, access);
    }
  }
}
