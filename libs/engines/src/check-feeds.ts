import { elementCount, type AnyTensor } from '@medserve/clinical';
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
    if (feed.data.length !== elementCount(feed.shape)) {
      throw new ServingError('invalid_request', 'A tensor does not have as many elements as its shape says.', {
        field: 'tensors.data',
        limit: `${input.name}: ${shapeText(feed.shape)}`,
      });
    }
    if (feed.datatype === 'BYTES' && feed.data.some((text) => text.includes('\0'))) {
      // ONNX Runtime's binding ends a text there, and none is to be cut unseen.
      throw new ServingError('invalid_request', 'An element of a BYTES tensor holds a zero byte, which is not taken.', {
        field: 'tensors.data',
      });
    }
    return feed;
  });
}

/** The outputs in the order wanted. @throws ServingError `invalid_request` when a name is no output, or comes twice */
export function checkWanted(outputs: readonly TensorSpec[], wanted: readonly string[]): readonly TensorSpec[] {
  const limit = `outputs of the model: ${outputs.map(({ name }) => name).join(', ')}`;
  if (new Set(wanted).size < wanted.length) {
    throw new ServingError('invalid_request', 'An output is asked for twice.', { field: 'outputs.name', limit });
  }
  return wanted.map((name) => {
    const output = outputs.find((entry) => entry.name === name);
    if (output) return output;
    throw new ServingError('invalid_request', 'An output is asked for that the model does not have.', {
      field: 'outputs.name',
      limit,
    });
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
