import type { DeclaredTensor, Signature } from '../engine';

const isFree = ({ shape }: DeclaredTensor): boolean => shape?.[0] === -1;

/** Different names that the file gives to first axes; an axis without a name adds none. */
const namesOf = (tensors: readonly DeclaredTensor[]): ReadonlySet<string> =>
  new Set(tensors.map(({ firstDimension }) => firstDimension).filter((name) => name !== ''));

/**
 * Whether the first axis of every tensor is free, without which there are no rows, whoever says that there are. An input of one
 * axis only is a list of values, not of rows; inputs whose first axes have different names have different lengths.
 */
export const mayHaveRows = ({ inputs, outputs }: Signature): boolean =>
  inputs.length > 0 &&
  namesOf(inputs).size <= 1 &&
  inputs.every((input) => isFree(input) && (input.shape?.length ?? 0) > 1) &&
  outputs.every(isFree);

/**
 * The one name that the file gives to the first axis of every input and output: each row of the inputs has one in the outputs.
 * Being free says nothing of the kind. A detector gives as many findings as it found, and when those of two patients happen to be
 * two, taking them apart row by row gives one patient the other's.
 */
function commonName({ inputs, outputs }: Signature): string | undefined {
  const tensors = [...inputs, ...outputs];
  const [name] = namesOf(tensors);
  return tensors.every(({ firstDimension }) => firstDimension === name) ? name : undefined;
}

/** Names that exporters give to a first axis that is a batch. */
const BATCH = /^(?:n|batch.*)$/i;
/** Names that people give to axes of one image, volume or sequence. */
const NO_BATCH = /^(?:[dhwtxyz]|(?:depth|height|width|length|slice|frame|time|seq|voxel|pixel|row|col).*)$/i;

/**
 * Whether every size of the outputs behind their rows is one of the inputs', which are the same for all that run together. Any
 * other may follow from the values of all rows, as where texts are split and filled up to the longest: an answer would change
 * with whom it ran beside.
 */
function hasSizesOfInputs({ inputs, outputs }: Signature): boolean {
  const known = new Set(inputs.flatMap(({ freeDimensions }) => freeDimensions).filter((name) => name !== ''));
  return outputs.every(({ freeDimensions }) => freeDimensions.every((name) => known.has(name)));
}

/** Whether the file itself says that the outputs have the rows of the inputs, each as if it had run alone. */
export const hasNamedRows = (signature: Signature): boolean =>
  mayHaveRows(signature) && commonName(signature) !== undefined && hasSizesOfInputs(signature);

/** Whether it says, besides, that the rows are a batch: of patients that have nothing to do with each other. */
export const hasNamedBatch = (signature: Signature): boolean =>
  hasNamedRows(signature) && BATCH.test(commonName(signature) ?? '');

/** Whether the file says that the first axis is something else, or that it is not the same everywhere. */
export function isNamedOtherwise({ inputs, outputs }: Signature): boolean {
  const names = [...namesOf([...inputs, ...outputs])];
  return names.length > 1 || names.some((name) => NO_BATCH.test(name));
}
