import { broken } from '../broken';
import type { DeclaredTensor, Signature } from '../engine';
import { hasNamedBatch, isNamedOtherwise, mayHaveRows } from '../packages/row-axis';
import type { Batching, ServedTensor, ServingConfig } from '../packages/serving-config';
import type { ConfigTensor, ModelConfig } from './model-config';
import { modelDims, servedTensor } from './served-tensor';

/**
 * Rows that a model takes together when nobody said how many. Triton says 4 (its backend setting default-max-batch-size);
 * on a CPU a weight-bound model gains up to 32 and beyond, and a batch is never waited for.
 */
const COMPLETED_ROWS = 64;
const MICROSECONDS = 1_000;

type Completed = Omit<ServingConfig, 'configJson' | 'labels'>;

function tensorSpecs(
  side: 'input' | 'output',
  given: readonly ConfigTensor[],
  declared: readonly DeclaredTensor[],
  hasRows: boolean,
): readonly ServedTensor[] {
  const unknown = given.find(({ name }) => !declared.some((tensor) => tensor.name === name));
  if (unknown) throw broken(`The model has no ${side} "${unknown.name}", which the configuration names.`);
  if (new Set(given.map(({ name }) => name)).size < given.length) {
    throw broken(`The configuration names an ${side} more than once.`);
  }
  const forgotten =
    side === 'input' && given.length > 0 && declared.find(({ name }) => !given.some((tensor) => tensor.name === name));
  if (forgotten) throw broken(`The configuration leaves out the input "${forgotten.name}".`);
  return declared.map((tensor) => {
    const found = given.find(({ name }) => name === tensor.name);
    if (side === 'input' && !tensor.shape && (found?.dims.length ?? 0) === 0) {
      throw broken(`The model leaves open how many axes its input "${tensor.name}" has; say it with dims.`);
    }
    return servedTensor(found, tensor, hasRows);
  });
}

/** A configuration that names outputs names all that there are for callers; what else the graph gives is not computed. */
function servedOutputs({ output }: ModelConfig, { outputs }: Signature): readonly DeclaredTensor[] {
  const isNamed = outputs.filter(({ name }) => output.some((given) => given.name === name));
  // One that the graph does not have is refused as such.
  return isNamed.length === 0 ? outputs : isNamed;
}

/** Whether the dims of the configuration have the batch axis of the model among them. */
function dimsAreWhole({ input, output }: ModelConfig, { inputs, outputs }: Signature): boolean {
  const declared = new Map([...inputs, ...outputs].map(({ name, shape }) => [name, shape?.length]));
  return [...input, ...output].some(
    (tensor) => tensor.dims.length > 0 && modelDims(tensor).length === declared.get(tensor.name),
  );
}

function batchingOf({ dynamic_batching: given }: ModelConfig): Batching | undefined {
  return (
    given && {
      preferredRows: given.preferred_batch_size,
      maxDelayMs: given.max_queue_delay_microseconds / MICROSECONDS,
    }
  );
}

function rowsOf(config: ModelConfig, signature: Signature): Pick<Completed, 'maxBatchSize' | 'batching'> {
  const batching = batchingOf(config);
  const given = config.max_batch_size;
  if (given === undefined) {
    const hasRows = mayHaveRows(signature) && !isNamedOtherwise(signature) && !dimsAreWhole(config, signature);
    if (!hasRows) return { maxBatchSize: 0, batching: undefined };
    const completed = hasNamedBatch(signature) ? { preferredRows: [], maxDelayMs: 0 } : undefined;
    return { maxBatchSize: COMPLETED_ROWS, batching: batching ?? completed };
  }
  if (given === 0) return { maxBatchSize: 0, batching: undefined };
  const fixed = [...signature.inputs, ...signature.outputs].find(({ shape }) => shape && shape[0] !== -1);
  if (fixed) {
    throw broken(`max_batch_size is ${String(given)}, but the first axis of the tensor "${fixed.name}" is not free.`);
  }
  const tooMany = batching?.preferredRows.find((rows) => rows > given);
  if (tooMany !== undefined) throw broken(`preferred_batch_size ${String(tooMany)} is more than max_batch_size.`);
  return { maxBatchSize: given, batching };
}

/**
 * What a configuration leaves open is completed from the model, as Triton does (docs/user_guide/model_configuration.md,
 * "Auto-Generated Model Configuration"): tensors, rows, and batching where the rows were completed, too, and
 * the file says that they are a batch.
 *
 * @throws ServingError `model_broken` naming the tensor or field in which configuration and model contradict each other
 */
export function completeConfig(config: ModelConfig, whole: Signature): Completed {
  const signature = { ...whole, outputs: servedOutputs(config, whole) };
  const rows = rowsOf(config, signature);
  const hasRows = rows.maxBatchSize > 0;
  const instances = config.instance_group.reduce((sum, { count }) => sum + count, 0);
  return {
    ...rows,
    instances: Math.max(instances, 1),
    inputs: tensorSpecs('input', config.input, signature.inputs, hasRows),
    outputs: tensorSpecs('output', config.output, signature.outputs, hasRows),
  };
}
