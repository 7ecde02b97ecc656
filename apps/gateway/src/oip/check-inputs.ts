import { ServingError } from '@medserve/errors';
import type { CatalogueEntry, TensorBytes } from '@medserve/rpc';
import type { WantedOutput } from './ports';

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });

/** As a caller wrote it, in an answer to the caller. */
const quoted = (name: string): string => JSON.stringify(name.slice(0, 128));

const spelt = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/**
 * Holds the inputs of a request against what the model takes, before anything is accepted or queued.
 *
 * @param entry without inputs where nobody has read the model yet: its host checks them then
 * @throws ServingError `invalid_request` for an input that is unknown, doubled or missing, a wrong datatype or shape, more rows
 *   than `maxBatchSize`, and rows that differ between inputs
 */
export function checkInputs(entry: CatalogueEntry, inputs: readonly TensorBytes[]): void {
  const given = new Set<string>();
  let rows: number | undefined;
  for (const tensor of inputs) {
    if (given.has(tensor.name)) throw invalid('inputs', `The input ${quoted(tensor.name)} was sent twice.`);
    given.add(tensor.name);
    if (entry.inputs.length === 0) continue;
    checkInput(entry, tensor);
    if (entry.maxBatchSize === 0) continue;
    rows ??= tensor.shape[0];
    if (tensor.shape[0] !== rows) throw invalid('inputs', 'The inputs do not all have the same number of rows.');
  }
  const missing = entry.inputs.find(({ name }) => !given.has(name));
  if (missing !== undefined) throw invalid('inputs', `The input ${quoted(missing.name)} of the model is missing.`);
  if (inputs.length === 0) throw invalid('inputs', 'The request has no inputs.');
}

function checkInput(entry: CatalogueEntry, { name, datatype, shape }: TensorBytes): void {
  const wanted = entry.inputs.find((input) => input.name === name);
  if (wanted === undefined) throw invalid('inputs', `The model has no input ${quoted(name)}.`);
  if (wanted.datatype !== datatype) {
    throw invalid('inputs', `The input ${quoted(name)} has the datatype ${wanted.datatype}, not ${datatype}.`);
  }
  const fits =
    shape.length === wanted.shape.length && wanted.shape.every((size, axis) => size < 0 || size === shape[axis]);
  if (!fits)
    throw invalid('inputs', `The input ${quoted(name)} has the shape ${spelt(wanted.shape)}, not ${spelt(shape)}.`);
  const [rows = 1] = shape;
  if (entry.maxBatchSize > 0 && (rows < 1 || rows > entry.maxBatchSize)) {
    throw new ServingError('invalid_request', `The input ${quoted(name)} has ${String(rows)} rows.`, {
      field: 'inputs',
      limit: `rows: 1 to ${String(entry.maxBatchSize)}`,
    });
  }
}

/** @throws ServingError `invalid_request` for an output that the model has not, or that was asked for twice */
export function checkOutputs(entry: CatalogueEntry, outputs: readonly WantedOutput[]): void {
  const asked = new Set<string>();
  for (const { name } of outputs) {
    if (asked.has(name)) throw invalid('outputs', `The output ${quoted(name)} was asked for twice.`);
    asked.add(name);
    const isKnown = entry.outputs.length === 0 || entry.outputs.some((output) => output.name === name);
    if (!isKnown) throw invalid('outputs', `The model has no output ${quoted(name)}.`);
  }
}
