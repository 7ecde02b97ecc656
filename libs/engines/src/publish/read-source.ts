import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, posix } from 'node:path';
import { broken } from '../broken';
import { ENGINES } from '../engines';
import { onnxEngine } from '../onnx/onnx-engine';
import { loadPackage } from '../repository/load-package';
import type { Manifest } from '../manifest/manifest';
import { MANIFEST } from '../packages/medserve-layout';
import type { ModelPackage } from '../packages/model-package';
import { readSmallFile } from '../package-files';
import { scanTriton } from '../triton/scan-triton';

/** What is to be published, wherever it came from. */
export interface Source {
  /** Where its files lie. */
  readonly folder: string;
  /** Relative to the folder, as are the files. */
  readonly modelFile: string;
  /** All that is copied. */
  readonly files: readonly string[];
  /** Of our own layout: the text of its `model.yaml`. */
  readonly manifestText: string | undefined;
  /** What is known for a `model.yaml` where there is none. */
  readonly manifest: Partial<Manifest>;
  readonly name: string;
  readonly version: string | undefined;
  readonly engine: string;
}

const CARD = 'card.md';

/** A name by the rules of our own layout, from any. */
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64);

async function fromFile(path: string): Promise<Source> {
  const [folder, modelFile] = [dirname(path), basename(path)];
  const { external } = await onnxEngine.inspect(folder, modelFile);
  const name = plainName(basename(modelFile, extname(modelFile)));
  const files = [modelFile, ...external];
  return { folder, modelFile, files, manifestText: undefined, manifest: {}, name, version: undefined, engine: 'onnx' };
}

async function fromPackage(folder: string): Promise<Source> {
  const { manifest, modelFile } = await loadPackage({ layout: 'medserve', folder });
  // What was optimised before is made anew.
  const old = new Set(manifest.optimised.flatMap(({ path }) => [path, path.replace(/\.onnx$/, '.bin')]));
  const listed = manifest.files.map(({ path }) => path).filter((path) => !old.has(path));
  const hasCard = !listed.includes(CARD) && (await readdir(folder)).includes(CARD);
  const { name, version, engine } = manifest;
  const manifestText = await readSmallFile(folder, MANIFEST, Number.MAX_SAFE_INTEGER);
  return {
    folder,
    modelFile,
    files: [...listed, ...(hasCard ? [CARD] : [])],
    manifestText,
    manifest,
    name,
    version,
    engine,
  };
}

function manifestOf({ manifest, serving }: ModelPackage): Partial<Manifest> {
  const { maxBatchSize, batching, instances, labels } = serving;
  return {
    title: manifest.title,
    threads: manifest.threads,
    instances,
    labels: Object.fromEntries(Object.entries(labels).map(([output, names]) => [output, [...names]])),
    batching: {
      maxRows: maxBatchSize,
      ...(batching ? {} : { joinedRows: 0 }),
      preferredRows: [...(batching?.preferredRows ?? [])],
      maxDelayMs: batching?.maxDelayMs ?? 0,
    },
  };
}

async function fromTriton(folder: string): Promise<Source> {
  const { packages, broken: failed } = await scanTriton(folder, basename(folder));
  const newest = packages.at(-1);
  if (!newest) throw broken(failed.at(-1)?.reason ?? 'The folder holds no model.');
  const { version } = newest.manifest;
  const inVersion = newest.stamps.map(({ path }) => path).filter((path) => path.startsWith(`${version}/`));
  const relative = (path: string): string => posix.relative(version, path);
  return {
    folder: join(newest.folder, version),
    modelFile: relative(newest.modelFile),
    files: inVersion.map(relative),
    manifestText: undefined,
    manifest: manifestOf(newest),
    name: plainName(newest.manifest.name),
    version,
    engine: newest.manifest.engine,
  };
}

/**
 * Reads what is to be published and checks it as if it were to be served: an .onnx file, a package of our own layout
 * (`<name>/<version>`), or the folder of a model in Triton's.
 *
 * @throws ServingError `model_broken`
 */
export async function readSource(path: string): Promise<Source> {
  const whole = await realpath(path).catch((error: unknown) => {
    throw broken(`There is nothing at ${path}.`, error);
  });
  if ((await lstat(whole)).isFile()) return fromFile(whole);
  const source = (await readdir(whole)).includes(MANIFEST) ? await fromPackage(whole) : await fromTriton(whole);
  if (!ENGINES.has(source.engine)) throw broken(`There is no engine "${source.engine}".`);
  return source;
}
