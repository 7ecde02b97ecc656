import 'reflect-metadata';
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type JsonGeneralName,
} from '@peculiar/x509';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
/** Clocks of two machines may differ by so much. */
const EARLIER_MS = 300_000;

/** A certificate and its private key (PKCS #8), as PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is to say. */
export interface CertificateOrder {
  /** `spiffe://<trust domain>/<service>` for a service, or another URI by which a caller is known. */
  readonly uri?: string;
  /** Names and addresses under which a server is reached. */
  readonly hosts?: readonly string[];
  readonly name: string;
  readonly days: number;
  /** From when on it holds; default: now. */
  readonly from?: Date;
}

const pem = (key: webcrypto.CryptoKey): string =>
  KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();

const serial = (): string => {
  const bytes = randomBytes(16);
  // A positive number of at most 20 bytes (RFC 5280, 4.1.2.2).
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString('hex');
};

const isAddress = (host: string): boolean => /^[0-9.]+$|:/.test(host);

const validity = ({ days, from = new Date() }: Pick<CertificateOrder, 'days' | 'from'>) => ({
  notBefore: new Date(from.getTime() - EARLIER_MS),
  notAfter: new Date(from.getTime() + days * DAY_MS),
});

/**
 * A certificate authority of one platform, for machines on which nothing else makes certificates: it is made, signs what is
 * needed, and is forgotten unless its key is kept. In a cluster cert-manager takes its place.
 */
export class CertificateAuthority {
  private constructor(
    private readonly root: X509Certificate,
    private readonly signingKey: webcrypto.CryptoKey,
  ) {}

  static async create(name: string, days: number): Promise<CertificateAuthority> {
    const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const root = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: [{ CN: [name] }],
      ...validity({ days }),
      signingAlgorithm: SIGNING,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(root, keys.privateKey);
  }

  /** The authority of a certificate and key that were kept, so that both ends go on trusting what it signs. */
  static async load({ certificate, key }: IssuedCertificate): Promise<CertificateAuthority> {
    const root = new X509Certificate(certificate);
    const der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
    return new CertificateAuthority(root, await webcrypto.subtle.importKey('pkcs8', der, CURVE, true, ['sign']));
  }

  /** As PEM: what both ends trust. */
  get certificate(): string {
    return this.root.toString('pem');
  }

  /** Whoever has it can be any service of the platform. */
  get privateKey(): string {
    return pem(this.signingKey);
  }

  /** A certificate for one end, good as a server and as a client. */
  async issue(order: CertificateOrder): Promise<IssuedCertificate> {
    const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const names: JsonGeneralName[] = [
      ...(order.uri === undefined ? [] : [{ type: 'url' as const, value: order.uri }]),
      ...(order.hosts ?? []).map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value })),
    ];
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: [{ CN: [order.name] }],
      issuer: this.root.subjectName,
      ...validity(order),
      signingAlgorithm: SIGNING,
      publicKey: keys.publicKey,
      signingKey: this.signingKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(names),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.root.publicKey),
      ],
    });
    return { certificate: certificate.toString('pem'), key: pem(keys.privateKey) };
  }
}
