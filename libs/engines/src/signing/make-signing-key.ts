import { generateKeyPairSync } from 'node:crypto';
import { fingerprintOf } from './ec-key';

export interface NewSigningKey {
  /** PEM; encrypted when there is a passphrase. */
  readonly privatePem: string;
  readonly publicPem: string;
  readonly fingerprint: string;
}

/** A new key on the curve P-256. @param passphrase encrypts the private half, AES-256-CBC with PBKDF2 as PKCS #8 has it */
export function makeSigningKey(passphrase?: string): NewSigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encrypted = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem', ...encrypted }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: fingerprintOf(publicKey),
  };
}
