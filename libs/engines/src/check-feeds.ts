import type { AnyTensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { TensorSpec } from './engine';

const shapeText = (shape: readonly number[]) => `[${shape.map((size) => (size < 0 ? '?' : String(size))).join(', ')}]`;

const fits = (shape: readonly number[], wanted: readonly number[]) =>
  // ONNX Runtime gives no axes for a tensor whose rank the graph leaves open.
  wanted.length === 0 ||
  (shape.length === wanted.length && wanted.every((size, axis) => size < 0 || size === shape[axis]));

/** Puts the feeds into the order of `inputs`. @throws ServingError `invalid_request` naming the first that does not fit. */
export function checkFeeds(inputs: readonly TensorSpec[], feeds: readonly AnyTensor[]): readonly AnyTensor[] {
  const unknown = feeds.find((feed) => !inputs.some((input) => input.name === feed.name));
  const names = `inputs of the model: ${inputs.map(({ name }) => name).join(', ')}`;
  if (unknown || feeds.length > inputs.length) {
    throw new ServingError('invalid_request', 'A tensor has a name that is no input of the model.', {
      field: 'tensors.name',
      limit: names,
    });
  }
  return inputs.map((input) => {
    const feed = feeds.find(({ name }) => name === input.name);
    if (!feed) throw new ServingError('invalid_request', 'A tensor is missing.', { field: 'tensors', limit: names });
    if (feed.datatype !== input.datatype || !fits(feed.shape, input.shape)) {
      throw new ServingError('invalid_request', 'A tensor has another datatype or shape than the model takes.', {
        field: 'tensors.shape',
        limit: `${input.name}: ${input.datatype} ${shapeText(input.shape)}`,
      });
    }
    return feed;
  });
}

function hasNaN(values: Float32Array | Float64Array): boolean {
  // By index: an iterator over 150 000 values takes ten times as long, and this is on every answer's way.
  for (let index = 0; index < values.length; index += 1) {
    if (Number.isNaN(values[index])) return true;
  }
  return false;
}

/** @throws ServingError `inference_failed` when a tensor holds NaN: an answer must not be read from it. */
export function checkNumbers(outputs: readonly AnyTensor[]): void {
  for (const { data } of outputs) {
    if ((data instanceof Float32Array || data instanceof Float64Array) && hasNaN(data)) {
      throw new ServingError('inference_failed', 'The model gave numbers that are none (NaN).');
    }
  }
}
