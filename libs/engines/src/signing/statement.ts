import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HashedFile } from '../package-files';
import { SIGNATURE_FILES } from './signed-files';
import { untrusted } from './untrusted';

/*
 * The in-toto statement of OpenSSF model signing v1.0: every file of the model with its SHA-256, and over all of them one digest.
 * Source: sigstore/model-transparency, src/model_signing/_signing/signing.py.
 */

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';
const MAX_PATH = 512;

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'has to be a SHA-256 in hex');

/** Relative, with single steps down: no root, no way up, nothing that another system reads otherwise. */
const path = z
  .string()
  .max(MAX_PATH)
  .regex(/^[^/\\:\p{C}]+(?:\/[^/\\:\p{C}]+)*$/u, 'has to be a path inside the model')
  .refine(
    (text) => text.split('/').every((step) => step !== '.' && step !== '..'),
    'has to be a path inside the model',
  );

const schema = z.looseObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.looseObject({ name: z.string().max(MAX_PATH), digest: z.looseObject({ sha256: hex }) })).length(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.looseObject({
    serialization: z.looseObject({
      method: z.literal('files'),
      hash_type: z.literal('sha256'),
      ignore_paths: z.array(z.string().max(MAX_PATH)).max(64).default([]),
    }),
    resources: z
      .array(z.looseObject({ name: path, algorithm: z.literal('sha256'), digest: hex }))
      .min(1)
      .max(4_096),
    /** Ours, which other verifiers pass over: the SHA-256 of the signature file that this one approves. */
    approves: z.looseObject({ sha256: hex }).optional(),
  }),
});

/** What a signature says. */
export interface Statement {
  /** Name of the folder that was signed: for whoever reads it, and in Triton's layout the model's name. */
  readonly subject: string;
  /** `sha256:` and the SHA-256 over the digests of all files in their order. */
  readonly digest: string;
  readonly files: readonly HashedFile[];
  /** Files and folders that the signer left out. They may be there, and are never loaded. */
  readonly ignored: readonly string[];
  /** SHA-256 of the signature that is approved; absent: this is no approval. */
  readonly approves: string | undefined;
}

const rootDigest = (files: readonly HashedFile[]): string => {
  const hash = createHash('sha256');
  for (const { sha256 } of files) hash.update(Buffer.from(sha256, 'hex'));
  return hash.digest('hex');
};

/** The same name on a file system that does not tell letters apart. */
export const folded = (name: string): string => name.normalize('NFC').toLowerCase();

/** @param what the file, for the message. @throws ServingError `model_untrusted` */
export function parseStatement(payload: Buffer, what: string): Statement {
  let json: unknown;
  try {
    json = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    throw untrusted(`The statement in ${what} is no JSON.`, error);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw untrusted(`The statement in ${what} is not taken: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
  }
  const { subject, predicate } = parsed.data;
  const files = predicate.resources.map(({ name, digest }) => ({ path: name, sha256: digest }));
  const digest = subject[0]?.digest.sha256 ?? '';
  if (rootDigest(files) !== digest) throw untrusted(`The statement in ${what} contradicts itself.`);
  if (new Set(files.map((file) => folded(file.path))).size < files.length) {
    throw untrusted(`The statement in ${what} has one file twice, or two whose names differ in case only.`);
  }
  return {
    subject: subject[0]?.name ?? '',
    digest: `sha256:${digest}`,
    files,
    ignored: predicate.serialization.ignore_paths,
    approves: predicate.approves?.sha256,
  };
}

/**
 * @param approves SHA-256 of the signature file that is approved
 * @throws ServingError `model_untrusted` naming a file whose name no statement may have: it would be signed, and never taken
 */
export function writeStatement(subject: string, found: readonly HashedFile[], approves?: string): Buffer {
  const odd = found.find((file) => !path.safeParse(file.path).success);
  if (odd !== undefined) {
    throw untrusted(
      `The file ${JSON.stringify(odd.path)} cannot be signed: its name has a colon, a backslash or a character that is not seen, or is too long.`,
    );
  }
  const files = [...found].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.from(
    JSON.stringify({
      _type: STATEMENT_TYPE,
      subject: [{ name: subject, digest: { sha256: rootDigest(files) } }],
      predicateType: PREDICATE_TYPE,
      predicate: {
        serialization: {
          method: 'files',
          hash_type: 'sha256',
          allow_symlinks: false,
          ignore_paths: [...SIGNATURE_FILES],
        },
        resources: files.map(({ path: name, sha256 }) => ({ name, algorithm: 'sha256', digest: sha256 })),
        ...(approves === undefined ? {} : { approves: { sha256: approves } }),
      },
    }),
  );
}
