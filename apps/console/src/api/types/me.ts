/** Who is signed in, and what they may: the answer of `GET /v1/me`. */
export interface Me {
  readonly id: string;
  readonly kind: string;
  readonly tenant: string;
  readonly site?: string;
  readonly role?: string;
  readonly displayName?: string;
  readonly scopes: readonly string[];
  /** Of a browser's session. */
  readonly session?: { readonly expiresAt: string; readonly idleTimeoutMs: number };
}
