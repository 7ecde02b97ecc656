import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '@medserve/errors';
import { parse } from 'yaml';
import { z } from 'zod';
import { certificatesOf } from '../signing/certificate-chain';
import type { Pool } from './pool';

const MAX_FILE_BYTES = 1 << 20;
const MAX_KEY_BYTES = 4_096;
/** Group and others: who may write a key decides whose server is spoken to with it. */
const WRITABLE_BY_OTHERS = 0o022;

const replica = z
  .string()
  .max(512)
  .transform((text, context) => {
    const url = URL.parse(text);
    const isPlain = url && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (isPlain && /^https?:$/.test(url.protocol) && !/\/v[12]\/?$/.test(url.pathname)) {
      return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
    }
    context.addIssue(
      'has to be a URL such as http://vllm-0:8000 or https://HOST/PREFIX: without /v1, credentials, "?" and "#"',
    );
    return z.NEVER;
  });

const ms = z.int().min(1).max(3_600_000);

const poolSchema = z.strictObject({
  replicas: z
    .array(replica)
    .min(1)
    .max(64)
    .refine((urls) => new Set(urls).size === urls.length, 'names a server twice'),
  flavour: z.enum(['openai', 'vllm', 'sglang']).default('openai'),
  keyFile: z.string().min(1).optional(),
  caFile: z.string().min(1).optional(),
  firstByteMs: ms.default(600_000),
  silenceMs: ms.default(60_000),
});

const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'may have lower-case letters, digits and single hyphens');

const schema = z.strictObject({
  format: z.literal('medserve.pools/1').default('medserve.pools/1'),
  pools: z.record(name, poolSchema).refine((pools) => Object.keys(pools).length <= 256, 'has more than 256 pools'),
});

/** A pools file that cannot be gone by: everything that is wrong with it in one message, for whoever wrote it. */
class PoolsFileError extends ConfigurationError {
  constructor(path: string, problems: readonly string[]) {
    super(`the pools file ${path} is not right: ${problems.join('; ')}`);
    this.name = 'PoolsFileError';
  }
}

async function smallFile(path: string, maxBytes: number): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error('is no file');
  if (found.size > maxBytes) throw new Error(`is larger than ${String(maxBytes)} bytes`);
  return readFile(path, 'utf8');
}

/** One line of what a header may hold. */
async function readKey(path: string): Promise<string> {
  const text = await smallFile(path, MAX_KEY_BYTES);
  if (((await stat(path)).mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new Error('may be written by others than its owner (chmod go-w)');
  }
  const key = text.trim();
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Error('has to hold one key: a line of printable ASCII without spaces');
  return key;
}

async function readAuthorities(path: string): Promise<string> {
  const text = await smallFile(path, MAX_FILE_BYTES);
  if (certificatesOf(text).length === 0) throw new Error('holds no certificate in PEM form');
  return text;
}

const messageOf = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined) return code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
  return error instanceof Error ? error.message : 'cannot be read';
};

async function documentAt(path: string): Promise<z.infer<typeof schema>> {
  const text = await smallFile(path, MAX_FILE_BYTES).catch((error: unknown) => {
    throw new PoolsFileError(path, [messageOf(error)]);
  });
  let document: unknown;
  try {
    // No aliases: a few lines of them unfold to gigabytes.
    document = parse(text, { maxAliasCount: 0 });
  } catch {
    throw new PoolsFileError(path, ['it is no YAML that is read here']);
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new PoolsFileError(
    path,
    parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`),
  );
}

/**
 * Reads the pools of a deployment, format `medserve.pools/1`, and the keys and authorities that it names, whose paths are
 * relative to it. Unknown members are mistakes: a misspelt limit must not be a limit ignored.
 *
 * @throws PoolsFileError with all mistakes at once; it never repeats what a key file holds
 */
export async function loadPools(path: string): Promise<ReadonlyMap<string, Pool>> {
  const { pools } = await documentAt(path);
  const problems: string[] = [];
  const read = async (at: string, file: string | undefined, reader: (whole: string) => Promise<string>) => {
    if (file === undefined) return undefined;
    return reader(resolve(dirname(path), file)).catch((error: unknown) => {
      problems.push(`${at}: the file ${messageOf(error)}`);
      return undefined;
    });
  };
  const loaded = new Map<string, Pool>();
  for (const [id, { keyFile, caFile, ...pool }] of Object.entries(pools)) {
    const key = await read(`pools.${id}.keyFile`, keyFile, readKey);
    const ca = await read(`pools.${id}.caFile`, caFile, readAuthorities);
    loaded.set(id, { ...pool, key, ca });
  }
  if (problems.length > 0) throw new PoolsFileError(path, problems);
  return loaded;
}
