import { RouteConfig } from '@nestjs/platform-fastify';
import type { Scope } from '@medserve/security';

/** Who may call a route: everyone, everyone on this machine, or who has the scope. A route without this is closed. */
export type Access = 'open' | 'loopback' | Scope;

/** Stands on each method: Nest does not read it off a class. */
export const RequireAccess = (access: Access): MethodDecorator => RouteConfig({ access });
