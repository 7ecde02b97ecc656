import { costUnits } from '@medserve/serving';
import type { DispatchOrder } from '../infer/ports';

/** How large the input of a request is: what it costs by, and what its decoded samples take. */
export interface InputSize {
  readonly costUnits: number;
  readonly bytes: number;
}

const product = (shape: readonly number[]): number => shape.reduce((size, dimension) => size * dimension, 1);

/** Pixels, voxels or tensor elements; no more than there are bytes, whatever a shape says. */
export function inputSize(input: DispatchOrder['input']): InputSize {
  if (input.kind === 'decoded') {
    const { decoded } = input;
    const elements =
      decoded.kind === 'picture' ? decoded.width * decoded.height : decoded.slices * decoded.rows * decoded.columns;
    return { costUnits: costUnits(elements), bytes: decoded.samples.byteLength };
  }
  const bytes = input.tensors.reduce((sum, tensor) => sum + tensor.bytes.byteLength, 0);
  const elements = input.tensors.reduce((sum, { shape }) => sum + product(shape), 0);
  return { costUnits: costUnits(Math.min(elements, bytes)), bytes };
}
