import { RouteConfig } from '@nestjs/platform-fastify';
import type { Scope } from '@medserve/security';

/**
 * Who may call a route: everyone, everyone on this machine, whoever has a valid credential, or who has the scope. A route without
 * this is closed to all.
 */
export type Access = 'open' | 'loopback' | 'known' | Scope;

/** What stands on a route. */
export interface RouteWords {
  readonly access?: Access;
  /** Largest body that it takes; absent: the gateway's own limit. */
  readonly bodyBytes?: number;
}

/** Stands on each method: Nest does not read it off a class. */
export const RequireAccess = (access: Access): MethodDecorator => RouteConfig({ access } satisfies RouteWords);
