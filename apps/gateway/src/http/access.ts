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
  /** Multipart bodies are handed on as they come: who reads them counts what is held of them. */
  readonly streams?: true;
  /** It asks a model, and passes the quotas; other routes of the scope `infer` do what such a request needs before or after. */
  readonly asksModel?: true;
}

/** A form, or JSON that holds no files and no tensors. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** A route that takes small JSON. */
export const SMALL_BODY = { bodyBytes: SMALL_BODY_BYTES } as const;

/** Whether a route is answered without a credential. */
export const asksNobody = ({ access }: RouteWords): boolean => access === 'open' || access === 'loopback';

/** Whether the body of this type is handed on as it comes. */
export const isStreamed = ({ streams }: RouteWords, contentType: string | undefined): boolean =>
  streams === true && (contentType?.trimStart().toLowerCase().startsWith('multipart/') ?? false);

/**
 * The largest body that a route takes, in bytes. Of nobody in particular only small ones are read, since they have no part in the
 * budget of all bodies.
 *
 * @param usualBytes the gateway's own limit
 */
export const bodyLimitOf = (words: RouteWords, usualBytes: number): number =>
  Math.min(words.bodyBytes ?? usualBytes, asksNobody(words) ? SMALL_BODY_BYTES : usualBytes);

/** Stands on each method: Nest does not read it off a class. */
export const RequireAccess = (access: Access, words: Omit<RouteWords, 'access'> = {}): MethodDecorator =>
  RouteConfig({ access, ...words } satisfies RouteWords);
