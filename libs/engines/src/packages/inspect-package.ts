import { broken } from '../broken';
import { cpuKey } from '../cpu-key';
import type { Engine, Signature } from '../engine';
import type { Manifest } from '../manifest/manifest';
import { MANIFEST } from '../manifest/manifest-file';

/** What of a package its engine loads, and what that takes and gives. */
export interface Inspected {
  /** Relative to the package: the file that the engine loads; of a package that names a pool, the manifest. */
  readonly modelFile: string;
  readonly optimisedFile: string | undefined;
  /** Of a model that writes: no tensors. */
  readonly signature: Signature;
}

const NO_TENSORS: Signature = { inputs: [], outputs: [], external: [] };

function checkListed({ files }: Manifest, path: string): void {
  if (files.some((file) => file.path === path)) return;
  throw broken(`The model needs the file ${path}, which ${MANIFEST} does not list.`);
}

/** What the engine loads has to be listed, and with it hashed, to the last file. */
async function inspectListed(engine: Engine, root: string, manifest: Manifest, path: string): Promise<Signature> {
  const signature = await engine.inspect(root, path);
  for (const needed of [path, ...signature.external]) checkListed(manifest, needed);
  return signature;
}

function optimisedFor({ optimised }: Manifest): string | undefined {
  if (optimised.length === 0) return undefined;
  const key = cpuKey();
  return optimised.find(({ cpu }) => cpu === key)?.path;
}

/** An adapter changes the weights that it was trained beside, and nobody else's. */
function checkAdapters(manifest: Manifest, decoder: string): void {
  const listed = manifest.files.find(({ path }) => path === decoder)?.sha256 ?? '';
  for (const { name, file, base } of manifest.generation?.adapters ?? []) {
    checkListed(manifest, file);
    if (base !== `sha256:${listed}`)
      throw broken(`The adapter "${name}" was made for another decoder than ${decoder}.`);
  }
}

async function inspectWriting(engine: Engine, root: string, manifest: Manifest): Promise<Inspected> {
  const { parts, tokenizer, chatTemplate, image } = manifest.generation ?? {};
  if (!parts) throw broken('generation.parts: a model that writes has a decoder, or names a pool.');
  if (tokenizer === undefined) throw broken('generation.tokenizer: a model that writes needs one.');
  if (manifest.instances > 1) throw broken('instances: a model that writes has one, and "slots" for several answers.');
  if ((parts.vision === undefined) !== (image === undefined)) {
    throw broken('generation.image and generation.parts.vision belong together: a model sees, or it does not.');
  }
  for (const path of [tokenizer, chatTemplate]) if (path !== undefined) checkListed(manifest, path);
  for (const path of [parts.decoder, parts.embed, parts.vision]) {
    if (path !== undefined) await inspectListed(engine, root, manifest, path);
  }
  checkAdapters(manifest, parts.decoder);
  return { modelFile: parts.decoder, optimisedFile: undefined, signature: NO_TENSORS };
}

/** Of a model before which a tokenizer stands: the graph has the tensors that the package names. */
function checkText(manifest: Manifest, { inputs, outputs }: Signature): void {
  const { text } = manifest;
  if (!text) return;
  checkListed(manifest, text.tokenizer);
  const named = Object.values(text.inputs);
  const unknown = named.find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw broken(`text.inputs: the model has no input "${unknown}".`);
  const unfed = inputs.find(({ name }) => !named.includes(name));
  if (unfed) throw broken(`text.inputs: nothing is given to the model's input "${unfed.name}".`);
  if (!outputs.some(({ name }) => name === text.output))
    throw broken(`text.output: the model has no "${text.output}".`);
}

/**
 * Looks into every graph that a package's engine will load, without loading it.
 *
 * @throws ServingError `model_broken` when one holds what is not allowed, a file is not listed, or the parts do not fit together
 */
export async function inspectPackage(engine: Engine, root: string, manifest: Manifest): Promise<Inspected> {
  if (manifest.pool) {
    return { modelFile: MANIFEST, optimisedFile: undefined, signature: await engine.inspect(root, MANIFEST) };
  }
  if (manifest.generation) return inspectWriting(engine, root, manifest);
  const modelFile = manifest.files.find(({ path }) => path.endsWith('.onnx'))?.path ?? manifest.files[0]?.path ?? '';
  const signature = await inspectListed(engine, root, manifest, modelFile);
  checkText(manifest, signature);
  const optimisedFile = optimisedFor(manifest);
  if (optimisedFile !== undefined) await inspectListed(engine, root, manifest, optimisedFile);
  return { modelFile, optimisedFile, signature };
}
