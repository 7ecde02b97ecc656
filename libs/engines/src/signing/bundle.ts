import { z } from 'zod';
import { untrusted } from './untrusted';

/*
 * A Sigstore bundle around a DSSE envelope, as OpenSSF model signing writes it. Sources: sigstore/protobuf-specs
 * (sigstore_bundle.proto), secure-systems-lab/dsse (protocol.md, 1.0.0).
 */

const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'has to be base64');
const certificate = z.looseObject({ rawBytes: base64 });

/** Unknown members are those of later releases; nothing goes by them. */
const schema = z.looseObject({
  mediaType: z.string(),
  verificationMaterial: z.looseObject({
    publicKey: z.looseObject({ hint: z.string().nullish() }).optional(),
    x509CertificateChain: z.looseObject({ certificates: z.array(certificate).min(1).max(8) }).optional(),
    certificate: certificate.optional(),
  }),
  dsseEnvelope: z.looseObject({
    payload: base64,
    payloadType: z.string(),
    signatures: z.array(z.looseObject({ sig: base64 })).length(1, 'has to hold one signature'),
  }),
});

/** How the signer is to be known. */
export type Material =
  /** `hint`: SHA-256 of the key's PEM form, in hex. */
  | { readonly kind: 'key'; readonly hint: string | undefined }
  /** Certificates in DER, the signer's first. */
  | { readonly kind: 'chain'; readonly certificates: readonly Buffer[] }
  /** By Fulcio and a transparency log; `json` is the whole bundle. */
  | { readonly kind: 'sigstore'; readonly json: unknown };

export interface Bundle {
  readonly material: Material;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** What was signed: DSSE's pre-authentication encoding of the payload. */
  readonly signedBytes: Buffer;
}

/** DSSE's pre-authentication encoding. @see https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md */
export const preAuthenticationEncoding = (payload: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`DSSEv1 ${String(PAYLOAD_TYPE.length)} ${PAYLOAD_TYPE} ${String(payload.byteLength)} `),
    payload,
  ]);

function materialOf(json: unknown, { verificationMaterial: given }: z.output<typeof schema>): Material {
  if (given.publicKey) return { kind: 'key', hint: given.publicKey.hint ?? undefined };
  if (given.x509CertificateChain) {
    const certificates = given.x509CertificateChain.certificates.map(({ rawBytes }) => Buffer.from(rawBytes, 'base64'));
    return { kind: 'chain', certificates };
  }
  if (given.certificate) return { kind: 'sigstore', json };
  throw untrusted('The signature does not say how its signer is to be known.');
}

/** @param what the file, for the message. @throws ServingError `model_untrusted` */
export function parseBundle(text: string, what: string): Bundle {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw untrusted(`${what} is no JSON.`, error);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw untrusted(`${what} is no Sigstore bundle: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
  }
  const { mediaType, dsseEnvelope } = parsed.data;
  if (mediaType !== BUNDLE_MEDIA_TYPE) throw untrusted(`${what} is not of the type ${BUNDLE_MEDIA_TYPE}.`);
  if (dsseEnvelope.payloadType !== PAYLOAD_TYPE) throw untrusted(`${what} does not hold an in-toto statement.`);
  const payload = Buffer.from(dsseEnvelope.payload, 'base64');
  return {
    material: materialOf(json, parsed.data),
    payload,
    signature: Buffer.from(dsseEnvelope.signatures[0]?.sig ?? '', 'base64'),
    signedBytes: preAuthenticationEncoding(payload),
  };
}

/** @param verificationMaterial as protobuf's JSON form has it */
export const writeBundle = (payload: Buffer, signature: Buffer, verificationMaterial: object): string =>
  JSON.stringify({
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: { ...verificationMaterial, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: signature.toString('base64'), keyid: '' }],
    },
  });
