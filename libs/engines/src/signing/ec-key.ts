import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** What each curve is signed with; the same table as the tool `model-signing` has. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);

const hashOf = (key: KeyObject): string | undefined => HASHES.get(key.asymmetricKeyDetails?.namedCurve ?? '');

function checked(key: KeyObject): KeyObject {
  if (hashOf(key) === undefined) throw new Error('the key is none of the curves P-256, P-384 and P-521');
  return key;
}

/** @param pem a public key (SubjectPublicKeyInfo). @throws Error for a private key, another type or another curve */
export function publicKeyOf(pem: string): KeyObject {
  if (!pem.includes('BEGIN PUBLIC KEY')) throw new Error('there is no public key in PEM form');
  return checked(createPublicKey(pem));
}

/** @param passphrase of an encrypted key. @throws Error also when the passphrase is missing or wrong */
export function privateKeyOf(pem: string, passphrase?: string): KeyObject {
  return checked(createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }));
}

/** `sha256:` and the SHA-256 of the key's SubjectPublicKeyInfo in DER: the same for a bare key and for its certificate. */
export const fingerprintOf = (key: KeyObject): string =>
  `sha256:${createHash('sha256')
    .update(publicHalf(key).export({ type: 'spki', format: 'der' }))
    .digest('hex')}`;

/** How `model-signing` names a key in a bundle: the SHA-256 of its PEM form. */
export const hintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicHalf(key).export({ type: 'spki', format: 'pem' }))
    .digest('hex');

export const publicHalf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** ECDSA in DER, with the hash that belongs to the curve. */
export const signBytes = (bytes: Buffer, key: KeyObject): Buffer => sign(hashOf(key), bytes, key);

/** Also false for a key of another type: what was not signed as it should be was not signed. */
export function isSignedBy(bytes: Buffer, signature: Buffer, key: KeyObject): boolean {
  const hash = hashOf(key);
  if (hash === undefined) return false;
  try {
    return verify(hash, bytes, key, signature);
  } catch {
    return false;
  }
}
