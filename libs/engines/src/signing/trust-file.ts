import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '@medserve/errors';
import { parse } from 'yaml';
import { z } from 'zod';
import { certificatesOf } from './certificate-chain';
import { publicKeyOf } from './ec-key';
import type { Proof, TrustedIdentity, TrustPolicy } from './trust-policy';
import { parseTrustedRoot } from './trusted-root';

const MAX_BYTES = 4 * 2 ** 20;

const mode = z.enum(['require', 'signed', 'open']);
const patterns = z.array(z.string().min(1).max(128)).min(1).max(256);
const fingerprint = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'has to be sha256: and 64 hexadecimal digits');
const moment = z.iso
  .datetime({ offset: true, error: 'has to be a time such as 2027-01-31T00:00:00Z' })
  .transform((text) => Date.parse(text));
/** A file beside the trust file, or the text itself in PEM form. */
const fileOrPem = z.string().min(1).max(65_536);

const identity = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'may have letters, digits, ".", "_" and "-"'),
    key: fileOrPem.optional(),
    certificate: z
      .strictObject({
        authorities: fileOrPem,
        subject: z
          .array(z.string().regex(/^[A-Za-z0-9.]+=.+$/, 'has to be ATTRIBUTE=VALUE, such as CN=Ada'))
          .min(1)
          .max(16),
      })
      .optional(),
    sigstore: z
      .strictObject({ identity: z.string().min(1), issuer: z.string().min(1), trustedRoot: z.string().min(1) })
      .optional(),
    roles: z.array(z.enum(['uploader', 'approver'])).min(1),
    models: patterns.default(['*']),
    validFrom: moment.default(-Infinity),
    validUntil: moment.default(Infinity),
  })
  .refine(
    ({ key, certificate, sigstore }) => [key, certificate, sigstore].filter((one) => one !== undefined).length === 1,
    {
      message: 'has to have one of key, certificate and sigstore',
    },
  );

const schema = z
  .strictObject({
    format: z.literal('medserve.trust/1'),
    mode,
    rules: z
      .array(z.strictObject({ models: patterns, mode }))
      .max(256)
      .default([]),
    identities: z.array(identity).max(256).default([]),
    revoked: z
      .strictObject({ keys: z.array(fingerprint).default([]), models: z.array(fingerprint).default([]) })
      .default({ keys: [], models: [] }),
    minimumVersions: z.record(z.string(), z.int().min(1)).default({}),
  })
  .refine(({ identities }) => new Set(identities.map(({ name }) => name)).size === identities.length, {
    message: 'two identities have the same name',
  });

/** A trust file that cannot be gone by; the message says where and why, and is for whoever wrote the file. */
class TrustFileError extends ConfigurationError {}

const isPem = (text: string): boolean => text.includes('-----BEGIN');

async function readProof(folder: string, given: z.output<typeof identity>): Promise<Proof> {
  const textOf = (value: string): Promise<string> | string =>
    isPem(value) ? value : readFile(resolve(folder, value), 'utf8');
  if (given.key !== undefined) return { kind: 'key', key: publicKeyOf(await textOf(given.key)) };
  if (given.certificate) {
    const authorities = certificatesOf(await textOf(given.certificate.authorities));
    return { kind: 'certificate', authorities, subject: given.certificate.subject };
  }
  const { identity: who = '', issuer = '', trustedRoot = '' } = given.sigstore ?? {};
  return { kind: 'sigstore', identity: who, issuer, trustedRoot: parseTrustedRoot(await textOf(trustedRoot)) };
}

async function readIdentity(folder: string, given: z.output<typeof identity>): Promise<TrustedIdentity> {
  const { name, roles, models, validFrom: validFromMs, validUntil: validUntilMs } = given;
  const proof = await readProof(folder, given).catch((error: unknown) => {
    throw new TrustFileError(`the identity ${name}: ${error instanceof Error ? error.message : 'cannot be read'}`);
  });
  return { name, proof, roles, models, validFromMs, validUntilMs };
}

/**
 * Reads a trust file, format `medserve.trust/1`, and the keys and certificates that it names. Unknown members are mistakes: a
 * misspelt limit must not be a limit ignored.
 *
 * @throws TrustFileError
 */
export async function readTrustFile(path: string): Promise<TrustPolicy> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new TrustFileError(`the trust file cannot be read: ${(error as Error).message}`);
  });
  if (text.length > MAX_BYTES) throw new TrustFileError(`the trust file is larger than ${String(MAX_BYTES)} bytes`);
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new TrustFileError(`the trust file is no YAML: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`);
    throw new TrustFileError(`the trust file is not right: ${problems.join('; ')}`);
  }
  const { identities, revoked, minimumVersions, rules, mode: otherwise } = parsed.data;
  return {
    rules,
    mode: otherwise,
    identities: await Promise.all(identities.map((one) => readIdentity(dirname(path), one))),
    revokedKeys: new Set(revoked.keys),
    revokedModels: new Set(revoked.models),
    minimumVersions: new Map(Object.entries(minimumVersions)),
  };
}
