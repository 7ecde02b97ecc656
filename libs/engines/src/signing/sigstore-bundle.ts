import type { KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { TrustedRoot } from './trusted-root';

/** Whom a certificate of Fulcio has to name. */
export interface SigstoreIdentity {
  /** The e-mail address or URI of the signer: the certificate's subject alternative name. */
  readonly identity: string;
  /** The OpenID Connect issuer that vouched for it. */
  readonly issuer: string;
  readonly trustedRoot: TrustedRoot;
}

/**
 * Verifies a bundle offline: certificate chain to Fulcio, the promise of the certificate log, the entry in the transparency log, the
 * signature, and that the certificate names this identity.
 *
 * @param json the bundle
 * @throws Error saying what does not hold
 */
export function verifySigstore(json: unknown, { identity, issuer, trustedRoot }: SigstoreIdentity): KeyObject {
  const escaped = identity.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const signer = new Verifier(toTrustMaterial(trustedRoot)).verify(toSignedEntity(bundleFromJSON(json)), {
    subjectAlternativeName: new RegExp(`^${escaped}$`),
    extensions: { issuer },
  });
  return signer.key;
}
