import { broken } from '../broken';
import type { DeclaredTensor, Signature, TensorSpec } from '../engine';
import { configJsonOf } from './config-json';
import type { Manifest } from '../manifest/manifest';
import { MAX_TEXTS } from '../text/text-rows';
import { hasNamedBatch, hasNamedRows, mayHaveRows } from './row-axis';
import type { ServingConfig } from './serving-config';

/** Rows that a caller may send at once, where the package says nothing. */
export const ACCEPTED_ROWS = 64;
/** Put together where nothing was measured: enough to gain what there is to gain, too few to make anybody wait long. */
const UNMEASURED_ROWS = 16;

function whole({ name, datatype, shape }: DeclaredTensor, side: string): TensorSpec {
  if (shape) return { name, datatype, shape };
  if (side === 'output') return { name, datatype, shape: [-1] };
  throw broken(`The model leaves open how many axes its input "${name}" has; export it with a shape.`);
}

/**
 * Whether the first axis is known to be a batch whose rows cost the same, in and out. Being free is not enough: slices of a volume
 * are free, too, and those of two patients must not meet. The order of a recipe's layout says it, or the name that the exporter
 * gave the axis; that the outputs have the same rows, only a name in common does. Inputs of any size are left alone: they seldom
 * match, and a run of many large ones would keep an urgent one waiting.
 */
export function saysRows({ inputs = [] }: Partial<Manifest>, signature: Signature): boolean {
  if (!hasNamedRows(signature)) return false;
  if (signature.inputs.some(({ shape = [] }) => shape.slice(1).some((size) => size < 0))) return false;
  if (inputs.length > 0)
    return inputs.every(({ recipe }) => /^n/.test((recipe.at(-1) as { order?: string }).order ?? ''));
  return hasNamedBatch(signature);
}

function rowsOf(manifest: Manifest, signature: Signature): Pick<ServingConfig, 'maxBatchSize' | 'batching'> {
  const { batching, text } = manifest;
  // A session of texts runs them in parts, so that a request may have more rows than a run.
  if (!batching && text && mayHaveRows(signature))
    return { maxBatchSize: MAX_TEXTS, batching: { maxRows: ACCEPTED_ROWS, preferredRows: [], maxDelayMs: 0 } };
  if (!batching) {
    return saysRows(manifest, signature)
      ? { maxBatchSize: ACCEPTED_ROWS, batching: { maxRows: UNMEASURED_ROWS, preferredRows: [], maxDelayMs: 0 } }
      : { maxBatchSize: 0, batching: undefined };
  }
  const { maxRows, joinedRows = maxRows, preferredRows, maxDelayMs } = batching;
  if (maxRows > 0 && !mayHaveRows(signature)) {
    throw broken('batching.maxRows: the first axis of an input or output of the model is not free, so it has no rows.');
  }
  const isJoined = joinedRows > 1;
  return { maxBatchSize: maxRows, batching: isJoined ? { maxRows: joinedRows, preferredRows, maxDelayMs } : undefined };
}

/** How a package of our own layout is served. @throws ServingError `model_broken` when manifest and model contradict each other */
export function servingOf(manifest: Manifest, signature: Signature, modelFile: string): ServingConfig {
  const { name, version, instances, labels } = manifest;
  const unknown = Object.keys(labels).find((output) => !signature.outputs.some((tensor) => tensor.name === output));
  if (unknown !== undefined) throw broken(`labels: the model has no output "${unknown}".`);
  const serving = {
    ...rowsOf(manifest, signature),
    instances,
    inputs: signature.inputs.map((input) => whole(input, 'input')),
    outputs: signature.outputs.map((output) => whole(output, 'output')),
    labels,
  };
  const versionPolicy = { specific: { versions: [Number(version)] } };
  return { ...serving, configJson: configJsonOf({ name, serving, versionPolicy, modelFilename: modelFile }) };
}
