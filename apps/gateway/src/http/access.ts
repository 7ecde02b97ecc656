import { RouteConfig } from '@nestjs/platform-fastify';
import type { Scope } from '@medserve/security';

/** Who may call a route: everyone, everyone on this machine, or who has the scope. A route without this is closed. */
export type Access = 'open' | 'loopback' | Scope;

export const RequireAccess = (access: Access): MethodDecorator & ClassDecorator => RouteConfig({ access });
