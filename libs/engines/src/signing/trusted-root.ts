import type { toTrustMaterial } from '@sigstore/verify';
import { z } from 'zod';

/** Authorities and logs of a Sigstore instance. */
export type TrustedRoot = Parameters<typeof toTrustMaterial>[0];

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const validFor = z.looseObject({ start: moment, end: moment.optional() }).optional();

/** PublicKeyDetails of sigstore_common.proto: kinds whose keys are SubjectPublicKeyInfo, which is all that the verifier asks. */
const KEY_DETAILS = {
  PKIX_ECDSA_P256_SHA_256: 5,
  PKIX_ECDSA_P384_SHA_384: 12,
  PKIX_ECDSA_P521_SHA_512: 13,
  PKIX_ED25519: 7,
} as const;
const keyDetails = z
  .enum(Object.keys(KEY_DETAILS) as (keyof typeof KEY_DETAILS)[])
  .transform((name) => KEY_DETAILS[name]);

const keyId = z.looseObject({ keyId: bytes });

const log = z
  .looseObject({
    baseUrl: z.string(),
    publicKey: z.looseObject({ rawBytes: bytes, keyDetails, validFor }),
    logId: keyId,
    checkpointKeyId: keyId.optional(),
  })
  .transform(({ baseUrl, publicKey, logId, checkpointKeyId }) => ({
    baseUrl,
    hashAlgorithm: 1,
    publicKey: { ...publicKey, validFor: publicKey.validFor && { ...publicKey.validFor, end: publicKey.validFor.end } },
    logId,
    checkpointKeyId,
    operator: '',
  }));

const authority = z
  .looseObject({
    uri: z.string().default(''),
    certChain: z.looseObject({ certificates: z.array(z.looseObject({ rawBytes: bytes })).min(1) }),
    validFor,
  })
  .transform(({ uri, certChain, validFor: span }) => ({
    subject: undefined,
    uri,
    certChain,
    validFor: span && { ...span, end: span.end },
    operator: '',
  }));

const schema = z.looseObject({
  mediaType: z.string().startsWith('application/vnd.dev.sigstore.trustedroot'),
  tlogs: z.array(log).min(1),
  certificateAuthorities: z.array(authority).min(1),
  ctlogs: z.array(log).min(1),
  timestampAuthorities: z.array(authority).default([]),
});

/** @param text a `trusted_root.json` (sigstore_trustroot.proto in JSON). @throws Error when it is none */
export function parseTrustedRoot(text: string): TrustedRoot {
  const { mediaType, tlogs, certificateAuthorities, ctlogs, timestampAuthorities } = schema.parse(JSON.parse(text));
  // The enumerations in it are numbers of that protocol, whose names belong to a package that is not ours to import.
  const root: Record<keyof TrustedRoot, unknown> = {
    mediaType,
    tlogs,
    certificateAuthorities,
    ctlogs,
    timestampAuthorities,
  };
  return root as TrustedRoot;
}
