import { basename, dirname } from 'node:path';
import { parse } from 'yaml';
import { broken } from '../broken';
import { ENGINES } from '../engines';
import { inspectPackage } from './inspect-package';
import { manifestSchema, type Manifest } from '../manifest/manifest';
import { MANIFEST } from '../manifest/manifest-file';
import { servingOf } from './manifest-serving';
import type { KnownPackage, ModelPackage } from './model-package';
import {
  digestOf,
  isUnchanged,
  packageRoot,
  readSmallFile,
  sha256File,
  stampFile,
  stampFiles,
  type FileStamp,
} from '../package-files';
import type { PackageRef } from './package-ref';

export { MANIFEST };
const MAX_MANIFEST_BYTES = 1 << 20;

async function readManifest(root: string): Promise<Manifest> {
  const text = await readSmallFile(root, MANIFEST, MAX_MANIFEST_BYTES);
  let document: unknown;
  try {
    // No aliases: a few lines of them unfold to gigabytes.
    document = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw broken(`${MANIFEST} is no YAML that is read here.`, error);
  }
  const parsed = manifestSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`);
  throw broken(`${MANIFEST} is not right: ${problems.join('; ')}.`);
}

async function hash(root: string, manifest: Manifest, stamps: readonly FileStamp[]): Promise<string> {
  const hashed = [];
  for (const { path } of stamps) {
    const sha256 = await sha256File(root, path);
    const listed = manifest.files.find((file) => file.path === path);
    if (listed && listed.sha256 !== sha256) throw broken(`The file ${path} is not the one that ${MANIFEST} lists.`);
    hashed.push({ path, sha256 });
  }
  return digestOf(hashed);
}

/** Our own layout: `<name>/<version>/model.yaml` and the files it lists. @throws ServingError `model_broken` */
export async function loadMedservePackage(
  ref: PackageRef & { readonly layout: 'medserve' },
  known?: KnownPackage,
): Promise<ModelPackage> {
  const root = await packageRoot(ref.folder);
  // Before it is read, as all others are: a file that changes meanwhile is then known to have changed.
  const ofManifest = await stampFile(root, MANIFEST);
  const manifest = await readManifest(root);
  if (basename(root) !== manifest.version || basename(dirname(root)) !== manifest.name) {
    throw broken(`The package says it is ${manifest.name}, version ${manifest.version}, but lies in another folder.`);
  }
  const listed = manifest.files.map(({ path }) => path);
  const stamps = [ofManifest, ...(await stampFiles(root, listed))];
  const engine = ENGINES.get(manifest.engine);
  if (!engine) throw broken(`There is no engine "${manifest.engine}".`);
  const { modelFile, optimisedFile, signature } = await inspectPackage(engine, root, manifest);
  const serving = servingOf(manifest, signature, modelFile);
  const digest = known && isUnchanged(stamps, known.stamps) ? known.digest : await hash(root, manifest, stamps);
  return { ref: { ...ref, folder: root }, folder: root, manifest, modelFile, optimisedFile, serving, digest, stamps };
}
