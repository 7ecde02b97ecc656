import { broken } from '../broken';
import { onnxEngine } from '../onnx/onnx-engine';
import { configJsonOf } from '../packages/config-json';
import type { Manifest } from '../manifest/manifest';
import type { KnownPackage, ModelPackage } from '../packages/model-package';
import {
  digestOf,
  filesBelow,
  isUnchanged,
  packageRoot,
  sha256File,
  sha256Text,
  stampFile,
  stampFiles,
  type FileStamp,
  type HashedFile,
} from '../package-files';
import type { PackageRef } from '../packages/package-ref';
import type { ServingConfig } from '../packages/serving-config';
import { completeConfig } from './complete-config';
import { labelFilesOf, readLabels } from './labels';
import type { ModelConfig } from './model-config';
import { CONFIG_FILE, readConfig } from './read-config';

type TritonRef = PackageRef & { readonly layout: 'triton' };

const DEFAULT_MODEL_FILE = 'model.onnx';
const IDLE_SECONDS = 300;
/** Of Triton's ONNX Runtime backend; 0 leaves the choice to us. */
const THREADS_PARAMETER = 'intra_op_thread_count';
const MAX_THREADS = 64;

function modelFilename({ default_model_filename: given = '' }: ModelConfig): string {
  const name = given === '' ? DEFAULT_MODEL_FILE : given;
  if (!/^[^/\\\p{C}]{1,255}$/u.test(name) || name.startsWith('.')) {
    throw broken('default_model_filename has to be the name of a file in the folder of the version.');
  }
  return name;
}

function threadsOf({ parameters }: ModelConfig): number {
  const text = parameters[THREADS_PARAMETER]?.string_value ?? '0';
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 0 || threads > MAX_THREADS) {
    throw broken(`parameters.${THREADS_PARAMETER} has to be a whole number from 0 to ${String(MAX_THREADS)}.`);
  }
  return Math.max(threads, 1);
}

const manifestOf = ({ name, version }: TritonRef, config: ModelConfig, files: readonly HashedFile[]): Manifest => ({
  format: 'medserve.model/1',
  name,
  version,
  title: name,
  engine: onnxEngine.id,
  serves: [],
  inputs: [],
  limits: {},
  scaling: { idleSeconds: IDLE_SECONDS },
  threads: threadsOf(config),
  instances: 1,
  labels: {},
  profile: [],
  optimised: [],
  intendedUse: 'Not stated.',
  notFor: 'Not stated.',
  licence: 'Not stated.',
  files: [...files],
});

async function servingOf(
  root: string,
  name: string,
  config: ModelConfig,
  modelFile: string,
  labelFilenames: ReadonlyMap<string, string>,
): Promise<ServingConfig> {
  const completed = completeConfig(config, await onnxEngine.inspect(root, modelFile));
  // Not by assignment: an output may have any name, `__proto__` too.
  const read: [output: string, labels: readonly string[]][] = [];
  for (const [output, path] of labelFilenames) read.push([output, await readLabels(root, output, path)]);
  const labels = Object.fromEntries(read);
  const serving = { ...completed, labels };
  const configJson = configJsonOf({
    name,
    serving,
    versionPolicy: config.version_policy ?? { latest: { num_versions: 1 } },
    modelFilename: modelFilename(config),
    labelFilenames,
    further: furtherOf(config),
  });
  return { ...serving, configJson };
}

/** What is shown as it was given, though nothing here goes by it, or only the protocols do. */
function furtherOf(config: ModelConfig): Record<string, unknown> {
  const { optimization, parameters, model_warmup, response_cache, metric_tags, dynamic_batching } = config;
  return { optimization, parameters, model_warmup, response_cache, metric_tags, dynamic_batching };
}

/**
 * Triton's layout: `<name>/<version>/model.onnx`, with `<name>/config.pbtxt` and files of labels beside the versions.
 *
 * @throws ServingError `model_broken`; `invalid_request` when the configuration came with a request
 */
export async function loadTritonPackage(ref: TritonRef, known?: KnownPackage): Promise<ModelPackage> {
  const root = await packageRoot(ref.folder);
  const { config, stamp: ofConfig } = await readConfig(root, ref.name, ref.configJson);
  const modelFile = `${ref.version}/${modelFilename(config)}`;
  const labelFiles = labelFilesOf(config);
  // Before they are read: a file that changes meanwhile is then known to have changed. The model's first: it tells of a missing version.
  await stampFile(root, modelFile);
  const paths = [...new Set(labelFiles.values()), ...(await filesBelow(root, ref.version))];
  const stamps = [...(ofConfig ? [ofConfig] : []), ...(await stampFiles(root, paths))];
  const serving = await servingOf(root, ref.name, config, modelFile, labelFiles);
  const manifest = manifestOf(ref, config, []);
  const digest = known && isUnchanged(stamps, known.stamps) ? known.digest : await hash(root, ref, stamps);
  return { ref: { ...ref, folder: root }, folder: root, manifest, modelFile, serving, digest, stamps };
}

async function hash(root: string, { configJson }: TritonRef, stamps: readonly FileStamp[]): Promise<string> {
  const files: HashedFile[] = [];
  if (configJson !== undefined) files.push({ path: CONFIG_FILE, sha256: sha256Text(configJson) });
  for (const { path } of stamps) files.push({ path, sha256: await sha256File(root, path) });
  return digestOf(files);
}
