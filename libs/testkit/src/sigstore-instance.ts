import 'reflect-metadata';
import { createHash, generateKeyPairSync, KeyObject, sign, webcrypto, type KeyPairKeyObjectResult } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

/*
 * A Sigstore instance that issues what Fulcio, Rekor and a certificate log issue, under keys of its own. Sources: RFC 6962 (3.2, signed
 * certificate timestamps), Fulcio's oid-info.md, Rekor's entry of the kind dsse 0.0.1, C2SP signed notes.
 */

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const FULCIO_ISSUER = '1.3.6.1.4.1.57264.1.8';
const SIGNED_TIMESTAMPS = '1.3.6.1.4.1.11129.2.4.2';
const LOG_NAME = 'log.test';
const FROM = '2026-01-01T00:00:00Z';

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const unsigned = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, bytes - Math.min(bytes, 6), Math.min(bytes, 6));
  return buffer;
};
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
/** A DER element of less than 64 KiB. */
function der(tag: number, content: Buffer): Buffer {
  const { byteLength: length } = content;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...header]), content]);
}

/** What the issuer signed: the first element inside the certificate's. */
function toBeSigned(certificate: X509Certificate): Buffer {
  const bytes = Buffer.from(certificate.rawData);
  const headerOf = (at: number): number => ((bytes[at + 1] ?? 0) < 0x80 ? 2 : 2 + ((bytes[at + 1] ?? 0) & 0x7f));
  const start = headerOf(0);
  const header = headerOf(start);
  const length = header === 2 ? (bytes[start + 1] ?? 0) : bytes.readUIntBE(start + 2, header - 2);
  return bytes.subarray(start, start + header + length);
}

class Log {
  private readonly keys: KeyPairKeyObjectResult = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly id = sha256(spki(this.keys.publicKey));

  sign(...parts: Buffer[]): Buffer {
    return sign('sha256', Buffer.concat(parts), this.keys.privateKey);
  }

  trusted() {
    return {
      baseUrl: `https://${LOG_NAME}`,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: spki(this.keys.publicKey).toString('base64'),
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        validFor: { start: FROM },
      },
      logId: { keyId: this.id.toString('base64') },
    };
  }
}

export class SigstoreInstance {
  private readonly certificateLog = new Log();
  private readonly transparencyLog = new Log();

  private constructor(
    private readonly authority: X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  static async create(): Promise<SigstoreInstance> {
    const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const authority = await X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: 'O=test, CN=fulcio',
      notBefore: new Date(FROM),
      notAfter: new Date('2036-01-01T00:00:00Z'),
      signingAlgorithm: SIGNING,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new SigstoreInstance(authority, keys);
  }

  /** The text of its `trusted_root.json`. */
  trustedRoot(): string {
    const rawBytes = Buffer.from(this.authority.rawData).toString('base64');
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [this.transparencyLog.trusted()],
      certificateAuthorities: [{ uri: '', certChain: { certificates: [{ rawBytes }] }, validFor: { start: FROM } }],
      ctlogs: [this.certificateLog.trusted()],
    });
  }

  /**
   * The text of a bundle over a DSSE envelope, as somebody makes it who was let in as this.
   *
   * @param signedBytes the envelope's pre-authentication encoding
   */
  async bundle(payload: Buffer, signedBytes: Buffer, who: { email: string; issuer: string }): Promise<string> {
    const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const at = new Date('2026-06-01T12:00:00Z');
    const certificate = await this.certificateOf(keys.publicKey, at, who);
    const signature = sign('sha256', signedBytes, KeyObject.from(keys.privateKey)).toString('base64');
    const entry = this.entry(payload, signature, certificate, at);
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: Buffer.from(certificate.rawData).toString('base64') },
        tlogEntries: [entry],
      },
      dsseEnvelope: {
        payload: payload.toString('base64'),
        payloadType: 'application/vnd.in-toto+json',
        signatures: [{ sig: signature }],
      },
    });
  }

  private async certificateOf(
    publicKey: webcrypto.CryptoKey,
    at: Date,
    { email, issuer }: { email: string; issuer: string },
  ): Promise<X509Certificate> {
    const extensions: Extension[] = [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([CODE_SIGNING]),
      new SubjectAlternativeNameExtension([{ type: 'email', value: email }], true),
      new Extension(FULCIO_ISSUER, false, new Uint8Array(der(0x0c, Buffer.from(issuer)))),
    ];
    const issue = (more: Extension[]) =>
      X509CertificateGenerator.create({
        serialNumber: '02',
        issuer: this.authority.subject,
        notBefore: new Date(at.getTime() - 60_000),
        notAfter: new Date(at.getTime() + 600_000),
        signingAlgorithm: SIGNING,
        publicKey,
        signingKey: this.keys.privateKey,
        extensions: [...extensions, ...more],
      });
    const timestamps = this.timestampsOf(toBeSigned(await issue([])), at);
    return issue([new Extension(SIGNED_TIMESTAMPS, false, new Uint8Array(der(0x04, timestamps)))]);
  }

  /** RFC 6962, 3.2 and 3.3: a list of one signed certificate timestamp. */
  private timestampsOf(tbs: Buffer, at: Date): Buffer {
    const issuerKey = sha256(spki(KeyObject.from(this.keys.publicKey)));
    const [version, kind, preCertificate, none] = [unsigned(0, 1), unsigned(0, 1), unsigned(1, 2), unsigned(0, 2)];
    const time = unsigned(at.getTime(), 8);
    const length = unsigned(tbs.byteLength, 3);
    const signature = this.certificateLog.sign(
      ...[version, kind, time, preCertificate],
      ...[issuerKey, length, tbs, none],
    );
    const algorithm = Buffer.from([4, 3]);
    const one = Buffer.concat([
      ...[version, this.certificateLog.id, time, none],
      ...[algorithm, unsigned(signature.byteLength, 2), signature],
    ]);
    return Buffer.concat([unsigned(one.byteLength + 2, 2), unsigned(one.byteLength, 2), one]);
  }

  private entry(payload: Buffer, signature: string, certificate: X509Certificate, at: Date): object {
    const spec = {
      payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      signatures: [{ signature, verifier: Buffer.from(certificate.toString('pem')).toString('base64') }],
    };
    const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind: 'dsse', spec }));
    const integratedTime = Math.floor(at.getTime() / 1_000);
    const { transparencyLog: log } = this;
    // Canonical as it stands: its members are in order.
    const promise = JSON.stringify({
      body: body.toString('base64'),
      integratedTime,
      logID: log.id.toString('hex'),
      logIndex: 0,
    });
    const root = sha256(Buffer.from([0]), body).toString('base64');
    const note = `${LOG_NAME}\n1\n${root}\n`;
    const noteSignature = Buffer.concat([log.id.subarray(0, 4), log.sign(Buffer.from(note))]).toString('base64');
    return {
      logIndex: '0',
      logId: { keyId: log.id.toString('base64') },
      kindVersion: { kind: 'dsse', version: '0.0.1' },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: log.sign(Buffer.from(promise)).toString('base64') },
      inclusionProof: {
        logIndex: '0',
        rootHash: root,
        treeSize: '1',
        hashes: [],
        checkpoint: { envelope: `${note}\n\u2014 ${LOG_NAME} ${noteSignature}\n` },
      },
      canonicalizedBody: body.toString('base64'),
    };
  }
}
