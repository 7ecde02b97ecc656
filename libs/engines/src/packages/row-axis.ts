import type { DeclaredTensor, Signature } from '../engine';

const isFree = ({ shape }: DeclaredTensor): boolean => shape?.[0] === -1;

/**
 * Whether the first axis of every tensor is free, so that rows of several requests can be put together: a condition that a
 * model whose first axis is a batch always meets, and that some others meet, too. An input of one axis only is a list of
 * values, not of rows; inputs whose first axes have different names have different lengths.
 */
export function mayHaveRows({ inputs, outputs }: Signature): boolean {
  const names = new Set(inputs.map(({ firstDimension }) => firstDimension).filter((name) => name !== ''));
  return (
    inputs.length > 0 &&
    names.size <= 1 &&
    inputs.every((input) => isFree(input) && (input.shape?.length ?? 0) > 1) &&
    outputs.every(isFree)
  );
}

/** Names that exporters give to a first axis that is a batch. */
const BATCH = /^(?:n|batch.*)$/i;
/** Names that people give to axes of one image, volume or sequence. */
const NO_BATCH = /^(?:[dhwtxyz]|(?:depth|height|width|length|slice|frame|time|seq|voxel|pixel|row|col).*)$/i;

const inputNames = ({ inputs }: Signature): readonly string[] => inputs.map(({ firstDimension }) => firstDimension);

/** Whether the file itself says that the first axis is a batch. */
export const isNamedBatch = (signature: Signature): boolean => inputNames(signature).every((name) => BATCH.test(name));

/** Whether the file says that the first axis is something else: rows of two patients must not meet in one volume. */
export const isNamedOtherwise = (signature: Signature): boolean =>
  inputNames(signature).some((name) => NO_BATCH.test(name));
