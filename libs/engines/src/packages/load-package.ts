import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ServingError } from '@medserve/errors';
import { parse } from 'yaml';
import { manifestSchema, type Manifest } from './manifest';
import type { ServingConfig } from './serving-config';

const MANIFEST = 'model.yaml';
const MAX_MANIFEST_BYTES = 1 << 20;

export interface ModelPackage {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Relative to the folder: the file that the engine loads. */
  readonly modelFile: string;
  readonly serving: ServingConfig;
  /** `sha256:` and the SHA-256 of the sorted lines `<sha256>  <path>\n` of `model.yaml` and every listed file. */
  readonly digest: string;
}

const SINGLE_RUNS: ServingConfig = {
  maxBatchSize: 0,
  instances: 1,
  batching: undefined,
  inputs: [],
  outputs: [],
  labels: {},
  configJson: '{}',
};

const broken = (detail: string, cause?: unknown) => new ServingError('model_broken', detail, { cause });

/** A regular file of the package itself: no link out of it, and none by which it could be changed from elsewhere. */
async function checkFile(root: string, path: string): Promise<void> {
  const whole = join(root, path);
  const [stat, real] = await Promise.all([lstat(whole), realpath(whole)]).catch((error: unknown) => {
    throw broken(`The file ${path} is missing.`, error);
  });
  if (!stat.isFile() || real !== whole) throw broken(`${path} is no plain file of the package (links are refused).`);
  if (stat.nlink > 1) throw broken(`${path} has a second name (hard links are refused).`);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function readManifest(root: string): Promise<Manifest> {
  await checkFile(root, MANIFEST);
  const path = join(root, MANIFEST);
  if ((await lstat(path)).size > MAX_MANIFEST_BYTES) throw broken(`${MANIFEST} is larger than 1 MiB.`);
  let document: unknown;
  try {
    // No aliases: a few lines of them unfold to gigabytes.
    document = parse(await readFile(path, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    throw broken(`${MANIFEST} is no YAML that is read here.`, error);
  }
  const parsed = manifestSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`);
  throw broken(`${MANIFEST} is not right: ${problems.join('; ')}.`);
}

/**
 * Reads a model package and checks every byte of it that is used.
 *
 * @throws ServingError `model_broken` saying what is wrong with the package.
 */
export async function loadPackage(folder: string): Promise<ModelPackage> {
  const root = await realpath(folder).catch((error: unknown) => {
    throw broken('The folder of the package is missing.', error);
  });
  const manifest = await readManifest(root);
  if (basename(root) !== manifest.version || basename(dirname(root)) !== manifest.name) {
    throw broken(`The package says it is ${manifest.name}, version ${manifest.version}, but lies in another folder.`);
  }
  const lines = [`${await sha256(join(root, MANIFEST))}  ${MANIFEST}\n`];
  for (const { path, sha256: listed } of manifest.files) {
    await checkFile(root, path);
    if ((await sha256(join(root, path))) !== listed)
      throw broken(`The file ${path} is not the one that ${MANIFEST} lists.`);
    lines.push(`${listed}  ${path}\n`);
  }
  const modelFile = manifest.files.find(({ path }) => path.endsWith('.onnx'))?.path ?? manifest.files[0]?.path ?? '';
  const digest = createHash('sha256').update(lines.sort().join('')).digest('hex');
  return { folder: root, manifest, modelFile, serving: SINGLE_RUNS, digest: `sha256:${digest}` };
}
