import type { JSONWebKeySet } from 'jose';

/** A system that proves itself by its own key: by signed assertions (SMART Backend Services) or by a certificate. */
export interface Client {
  readonly id: string;
  readonly tenant: string;
  readonly label: string;
  /** Its public keys, or where it publishes them. */
  readonly jwks: JSONWebKeySet | null;
  readonly jwksUri: string | null;
  /** SHA-256 of its certificate (DER), in lower-case hex. */
  readonly certificateSha256: string | null;
  /** A name that its certificate carries, with its kind: `URI:spiffe://...`, `DNS:pacs.example`. */
  readonly certificateName: string | null;
  readonly scopes: readonly string[];
  readonly site: string | null;
  readonly department: string | null;
  readonly revokedAt: Date | null;
}
