import { X509Certificate, type KeyObject } from 'node:crypto';
import { contentOf, extensionOf, extensionsOf, sequenceOf } from './der';

const KEY_USAGE = Buffer.from([0x55, 0x1d, 0x0f]);
const BASIC_CONSTRAINTS = Buffer.from([0x55, 0x1d, 0x13]);
const ALTERNATIVE_NAME = Buffer.from([0x55, 0x1d, 0x11]);
const POLICIES = Buffer.from([0x55, 0x1d, 0x20]);
const EXTENDED_KEY_USAGE = Buffer.from([0x55, 0x1d, 0x25]);
/** What is judged here, and what cannot make a chain worse: other names of the subject, and policies that nobody asks for. */
const KNOWN = [KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, ALTERNATIVE_NAME, POLICIES];
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const INTEGER = 0x02;
const MAX_LENGTH = 6;

/** @throws Error when there is none in the text */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('there is no certificate in PEM form');
  return blocks.map((block) => new X509Certificate(block));
}

/** RFC 5280, 4.2.1.3 and 4.2.1.12: for digital signatures, or for the signing of code. */
function maySign(certificate: X509Certificate): boolean {
  const usage = extensionOf(certificate.raw, KEY_USAGE);
  // A bit string: how many bits are unused, then the bits; the first is digitalSignature.
  if (usage && ((contentOf(usage)[1] ?? 0) & 0x80) !== 0) return true;
  return (certificate.keyUsage as readonly string[] | undefined)?.includes(CODE_SIGNING) === true;
}

/** RFC 5280, 4.2: a critical extension that is not known, constraints of names among them, refuses the certificate. */
const isUnderstood = (certificate: X509Certificate): boolean =>
  [...extensionsOf(certificate.raw)].every(
    ({ oid, isCritical }) => !isCritical || KNOWN.some((known) => known.equals(oid)),
  );

/** How many authorities may stand below this one (RFC 5280, 4.2.1.9). */
function pathLengthOf(certificate: X509Certificate): number {
  const constraints = extensionOf(certificate.raw, BASIC_CONSTRAINTS);
  const length = constraints ? sequenceOf(constraints).find(({ tag }) => tag === INTEGER)?.content : undefined;
  return length ? length.readUIntBE(0, Math.min(length.byteLength, 4)) : Infinity;
}

const isIssuer = (issuer: X509Certificate, certificate: X509Certificate, below: number, atMs: number): boolean =>
  issuer.ca &&
  isUnderstood(issuer) &&
  below <= pathLengthOf(issuer) &&
  issuer.validFromDate.getTime() <= atMs &&
  atMs <= issuer.validToDate.getTime() &&
  certificate.checkIssued(issuer) &&
  certificate.verify(issuer.publicKey);

/**
 * The key of the first certificate, when a chain leads from it to one of the authorities. Times are judged at the moment from which
 * the signer's certificate is valid, as `model-signing` does: a model outlives the certificate that it was signed with, and
 * nothing trustworthy says when it was signed. Who must not sign any more is for the trust policy to say.
 *
 * @param chain in DER, the signer's first
 * @throws Error saying which link is missing
 */
export function keyOfChain(
  chain: readonly Buffer[],
  authorities: readonly X509Certificate[],
): { readonly key: KeyObject; readonly certificate: X509Certificate } {
  const [signer, ...others] = chain.map((bytes) => new X509Certificate(bytes));
  if (!signer) throw new Error('there is no certificate in the signature');
  if (!maySign(signer)) throw new Error('the certificate is not for signing');
  if (!isUnderstood(signer)) throw new Error('the certificate has a critical extension that is not known');
  const atMs = signer.validFromDate.getTime();
  const between = [...others];
  let current = signer;
  for (let below = 0; below < MAX_LENGTH; below += 1) {
    const lowest = current;
    if (authorities.some((authority) => isIssuer(authority, lowest, below, atMs))) {
      return { key: signer.publicKey, certificate: signer };
    }
    const at = between.findIndex((candidate) => isIssuer(candidate, lowest, below, atMs));
    const [next] = at < 0 ? [] : between.splice(at, 1);
    if (!next) break;
    current = next;
  }
  throw new Error('no chain leads from the certificate to an authority of the trust policy');
}

/** Whether the certificate's subject has every attribute of these, `CN=Ada`, each of its kind once. */
export function hasSubject(certificate: X509Certificate, attributes: readonly string[]): boolean {
  const given = certificate.subject.split('\n');
  return attributes.every((attribute) => {
    const kind = attribute.slice(0, attribute.indexOf('=') + 1);
    const ofKind = given.filter((line) => line.startsWith(kind));
    return ofKind.length === 1 && ofKind[0] === attribute;
  });
}
