import type { KeyObject } from 'node:crypto';
import type { Bundle } from './bundle';
import { hasSubject, keyOfChain } from './certificate-chain';
import { fingerprintOf, hintOf, isSignedBy } from './ec-key';
import { verifySigstore } from './sigstore-bundle';
import { fits, type TrustedIdentity, type TrustPolicy, type TrustRole } from './trust-policy';
import { untrusted } from './untrusted';

export interface Signer {
  readonly identity: TrustedIdentity;
  /** Of the key that signed. */
  readonly fingerprint: string;
}

/** The key by which this identity signed the bundle; `undefined`: it did not. */
function keyBy({ material, signedBytes, signature }: Bundle, { proof }: TrustedIdentity): KeyObject | undefined {
  if (proof.kind === 'key' && material.kind === 'key') {
    const isNamed = material.hint === undefined || material.hint === hintOf(proof.key);
    return isNamed && isSignedBy(signedBytes, signature, proof.key) ? proof.key : undefined;
  }
  try {
    if (proof.kind === 'certificate' && material.kind === 'chain') {
      const { key, certificate } = keyOfChain(material.certificates, proof.authorities);
      return hasSubject(certificate, proof.subject) && isSignedBy(signedBytes, signature, key) ? key : undefined;
    }
    if (proof.kind === 'sigstore' && material.kind === 'sigstore') return verifySigstore(material.json, proof);
  } catch {
    return undefined;
  }
  return undefined;
}

/** @param what the file, for the message. @throws ServingError `model_untrusted` when nobody of the policy signed it */
export function whoSigned(bundle: Bundle, { identities }: TrustPolicy, what: string): Signer {
  for (const identity of identities) {
    const key = keyBy(bundle, identity);
    if (key) return { identity, fingerprint: fingerprintOf(key) };
  }
  throw untrusted(`${what} is by nobody whom the trust policy names, or it was altered.`);
}

/**
 * Whether the signer may sign this model in this role now.
 *
 * @throws ServingError `model_untrusted` saying what is missing
 */
export function checkMay(
  { identity, fingerprint }: Signer,
  role: TrustRole,
  model: string,
  { revokedKeys }: TrustPolicy,
  now: Date,
): void {
  const { name, roles, models, validFromMs, validUntilMs } = identity;
  if (revokedKeys.has(fingerprint)) throw untrusted(`The key of ${name} is revoked.`);
  if (!roles.includes(role)) throw untrusted(`${name} signed, but is no ${role}.`);
  if (!fits(models, model)) throw untrusted(`${name} may not sign this model.`);
  if (now.getTime() < validFromMs) throw untrusted(`The signatures of ${name} do not count yet.`);
  if (now.getTime() >= validUntilMs) throw untrusted(`The signatures of ${name} do not count any more.`);
}
