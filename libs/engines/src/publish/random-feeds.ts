import { elementCount, type AnyTensor, type Datatype, type SampleArray } from '@medserve/clinical';
import type { TensorSpec } from '../engine';

/** A linear congruential generator (Numerical Recipes): the same numbers in every run, so that two runs can be compared. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const HALF_ONE = 0x3c00;

function values(datatype: Datatype, count: number, next: () => number): SampleArray {
  switch (datatype) {
    case 'BOOL':
      return Uint8Array.from({ length: count }, () => Math.round(next()));
    case 'UINT8':
      return Uint8Array.from({ length: count }, () => Math.floor(next() * 256));
    case 'UINT16':
      return Uint16Array.from({ length: count }, () => Math.floor(next() * 4_096));
    case 'UINT32':
      return Uint32Array.from({ length: count }, () => Math.floor(next() * 4_096));
    case 'UINT64':
      return BigUint64Array.from({ length: count }, () => BigInt(Math.floor(next() * 2)));
    case 'INT8':
      return Int8Array.from({ length: count }, () => Math.floor(next() * 128));
    case 'INT16':
      return Int16Array.from({ length: count }, () => Math.floor(next() * 4_096));
    case 'INT32':
      return Int32Array.from({ length: count }, () => Math.floor(next() * 2));
    case 'INT64':
      // Integers of this width are indices, mostly; small ones are inside every table.
      return BigInt64Array.from({ length: count }, () => BigInt(Math.floor(next() * 2)));
    case 'FP16':
      // Below one, any bits are a number.
      return Uint16Array.from({ length: count }, () => Math.floor(next() * HALF_ONE));
    case 'FP32':
      return Float32Array.from({ length: count }, next);
    case 'FP64':
      return Float64Array.from({ length: count }, next);
  }
}

/** Whether random tensors can be made for these inputs: every axis but the first is fixed. */
export const canBeRandom = (inputs: readonly TensorSpec[]): boolean =>
  inputs.every(({ datatype, shape }) => datatype !== 'BYTES' && shape.slice(1).every((size) => size >= 0));

/** Numbers that look like pixels or activations, for inputs with `rows` rows; a free first axis has this size. */
export function randomFeeds(inputs: readonly TensorSpec[], rows: number, seed = 1): readonly AnyTensor[] {
  const next = numbers(seed);
  return inputs.map(({ name, datatype, shape: declared }): AnyTensor => {
    const shape = declared.map((size) => (size < 0 ? rows : size));
    const count = elementCount(shape);
    if (datatype === 'BYTES') return { name, datatype, shape, data: Array.from({ length: count }, () => '') };
    return { name, datatype, shape, data: values(datatype, count, next) };
  });
}
