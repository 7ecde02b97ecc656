import type { Reading } from './reader';

/**
 * One output as 32-bit floats or bytes, with its shape checked against the number of dimensions promised.
 *
 * @throws Error when the output is missing, or of another type or number of dimensions.
 */
export function floatOutput({ outputs }: Pick<Reading, 'outputs'>, name: string, dimensions: number) {
  const { shape, data } = take(outputs, name, dimensions);
  if (!(data instanceof Float32Array)) throw new Error(`output "${name}" should hold 32-bit floats`);
  return { shape, data };
}

export function byteOutput({ outputs }: Pick<Reading, 'outputs'>, name: string, dimensions: number) {
  const { shape, data } = take(outputs, name, dimensions);
  if (!(data instanceof Uint8Array)) throw new Error(`output "${name}" should hold bytes`);
  return { shape, data };
}

function take(outputs: Reading['outputs'], name: string, dimensions: number) {
  const tensor = outputs.get(name);
  if (!tensor) throw new Error(`the model gave no output "${name}"`);
  if (tensor.shape.length !== dimensions) {
    throw new Error(
      `output "${name}" should have ${String(dimensions)} dimensions, not ${String(tensor.shape.length)}`,
    );
  }
  if (tensor.shape[0] !== 1) throw new Error(`output "${name}" should hold one image`);
  return tensor;
}
