import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** PEM, as the files hold it. */
export interface PemFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Whom the other end may be vouched for by; undefined: the other end is not asked. */
  readonly ca: Buffer | undefined;
}

/** PKCS #8 says it in its label (RFC 7468, section 11), older forms in a header (RFC 1421, section 4.6.1.1). */
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/mu;
const BEGIN = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/gu;
/** OpenSSL reads nothing of, and after, one whose last line goes on. */
const WHOLE = /^-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----[^-]+-----END \1-----\s*$/gmu;

/**
 * Checks what OpenSSL takes without a word: a key of another kind than its certificate, with which every handshake fails, and authorities
 * of which there are none, or the last is cut off.
 *
 * @throws Error that says what is wrong
 */
export function checkPem({ cert, key, ca }: PemFiles): void {
  if (ENCRYPTED.test(key.toString('latin1'))) {
    throw new Error('the private key is encrypted; keep it without a passphrase, in a file that nobody else can read');
  }
  createSecureContext({ cert, key, ...(ca === undefined ? {} : { ca }) });
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('the private key is not that of the first certificate of its file');
  }
  if (ca !== undefined) checkAuthorities(ca.toString('latin1'));
}

function checkAuthorities(text: string): void {
  const whole = text.match(WHOLE) ?? [];
  if (whole.length === 0) throw new Error('the file of the authority holds no certificate');
  if (whole.length !== text.match(BEGIN)?.length)
    throw new Error('the file of the authority is cut off, or has two certificates in one line');
  for (const pem of whole) new X509Certificate(pem);
}
