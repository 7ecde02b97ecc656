/** What a credential may do. */
export const SCOPES = ['infer', 'model:read', 'model:manage', 'result:read', 'audit:read', 'key:manage'] as const;

export type Scope = (typeof SCOPES)[number];

/** Who asks, as proven by a credential; the tenant comes from nowhere else. */
export interface Principal {
  readonly keyId: string;
  readonly tenant: string;
  readonly scopes: ReadonlySet<Scope>;
}
