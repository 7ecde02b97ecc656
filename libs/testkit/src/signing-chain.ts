import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const CURVE = { name: 'ECDSA', namedCurve: 'P-384' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-384' };

interface Party {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface ChainOptions {
  /** Of the signer's certificate. Default: for digital signatures. */
  readonly usage?: KeyUsageFlags;
  /** How many authorities may stand below the first. Default: 1. */
  readonly pathLength?: number;
  /** Authorities between the first and the signer. Default: 1. */
  readonly between?: number;
  readonly signer?: string;
  /** A critical extension that nobody knows. Default: in no certificate. */
  readonly unknownIn?: 'signer' | 'between';
}

/** All PEM. */
export interface SigningChain {
  readonly authority: string;
  readonly between: readonly string[];
  readonly certificate: string;
  readonly key: string;
}

let serial = 0;

async function issue(subject: string, issuer: Party | undefined, extensions: Extension[]): Promise<Party> {
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: String((serial += 1)).padStart(2, '0'),
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2036-01-01T00:00:00Z'),
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey: (issuer ?? { keys }).keys.privateKey,
    extensions,
  });
  return { certificate, keys };
}

export { KeyUsageFlags };

/** A certificate authority of an organisation, those between, and one who signs models. */
export async function signingChain({
  usage = KeyUsageFlags.digitalSignature,
  pathLength = 1,
  between = 1,
  signer = 'CN=Ada, O=Hospital',
  unknownIn,
}: ChainOptions = {}): Promise<SigningChain> {
  const unknown = (where: ChainOptions['unknownIn']): Extension[] =>
    where === unknownIn ? [new Extension('1.3.6.1.4.1.99999.1', true, Uint8Array.of(5, 0))] : [];
  const ofAuthority = new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true);
  const first = await issue('CN=Test authority', undefined, [
    new BasicConstraintsExtension(true, pathLength, true),
    ofAuthority,
  ]);
  const middle: Party[] = [];
  for (let count = 0; count < between; count += 1) {
    const name = `CN=Test authority ${String(count + 2)}`;
    middle.push(
      await issue(name, middle.at(-1) ?? first, [
        new BasicConstraintsExtension(true, undefined, true),
        ofAuthority,
        ...unknown('between'),
      ]),
    );
  }
  const last = await issue(signer, middle.at(-1) ?? first, [
    new BasicConstraintsExtension(false),
    new KeyUsagesExtension(usage, true),
    ...unknown('signer'),
  ]);
  return {
    authority: first.certificate.toString('pem'),
    between: middle.reverse().map(({ certificate }) => certificate.toString('pem')),
    certificate: last.certificate.toString('pem'),
    key: KeyObject.from(last.keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
