import type { Principal, SessionLimits, SignInSession } from '@medserve/security';

/** Who asks, and what they may: the answer of `GET /v1/me`. */
export interface Me {
  readonly id: string;
  readonly kind: Principal['kind'];
  readonly tenant: string;
  readonly site?: string;
  readonly role?: string;
  readonly displayName?: string;
  readonly scopes: readonly string[];
  /** Of a browser's session: when it ends at the latest, and how long it may stand unused. */
  readonly session?: { readonly expiresAt: string; readonly idleTimeoutMs: number };
}

export function meOf(
  { id, kind, tenant, site, role, scopes }: Principal,
  displayName: string | null | undefined,
  session?: Pick<SignInSession, 'endsAt'>,
  limits?: Pick<SessionLimits, 'idleMs'>,
): Me {
  return {
    id,
    kind,
    tenant,
    ...(site === undefined ? {} : { site }),
    ...(role === undefined ? {} : { role }),
    ...(displayName === undefined || displayName === null ? {} : { displayName }),
    scopes: [...scopes],
    ...(session === undefined || limits === undefined
      ? {}
      : { session: { expiresAt: session.endsAt.toISOString(), idleTimeoutMs: limits.idleMs } }),
  };
}
