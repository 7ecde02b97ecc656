import { ServingError } from '@medserve/errors';
import { encodeTexts, tensorOf, type TensorBytes } from '@medserve/rpc';
import { shortFloat } from './short-float';

/** Most classes that are told of a row; more than any set of labels that people work with. */
const CLASS_LIMIT = 65_536;

export interface ClassificationOptions {
  readonly classes: number;
  /** By index; where there is none, `:label` is left out. */
  readonly labels: readonly string[];
  /** Whether the first axis is the batch: each row has classes of its own then. */
  readonly isBatched: boolean;
}

/**
 * The best classes of an output as texts `value:index[:label]`, best first, of equals the lower index first (classification
 * extension). A tensor of `[rows, ...]` becomes `[rows, classes]`, one without a batch axis `[classes]`.
 *
 * @throws ServingError `invalid_request` for fewer than one class, and for outputs that are no numbers; `too_large`
 */
export function classify(tensor: TensorBytes, { classes, labels, isBatched }: ClassificationOptions): TensorBytes {
  const { name, shape } = tensor;
  const scores = scoresOf(tensor);
  const rows = isBatched ? (shape[0] ?? 1) : 1;
  const width = rows === 0 ? 0 : scores.length / rows;
  const count = Math.min(classes, width);
  if (count > CLASS_LIMIT) {
    throw new ServingError('too_large', 'More classes were asked for than are told.', {
      field: 'outputs.parameters.classification',
      limit: `classes: ${String(CLASS_LIMIT)}`,
    });
  }
  const write =
    tensor.datatype === 'FP32' || tensor.datatype === 'FP16' ? shortFloat : (score: number | bigint) => score;
  const texts: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (const index of best(scores, row * width, width, count)) {
      const label = labels[index];
      const score = write(scores[row * width + index] as never);
      texts.push(`${String(score)}:${String(index)}${label === undefined ? '' : `:${label}`}`);
    }
  }
  return { name, datatype: 'BYTES', shape: isBatched ? [rows, count] : [count], bytes: encodeTexts(texts) };
}

type Scores = ArrayLike<number> | ArrayLike<bigint>;

function scoresOf(tensor: TensorBytes): Scores {
  const read = tensorOf({ ...tensor, shape: [...tensor.shape] }, tensor.bytes);
  if (read.datatype === 'BYTES' || read.datatype === 'BOOL') {
    throw new ServingError(
      'invalid_request',
      `The output ${JSON.stringify(tensor.name)} holds no numbers to choose by.`,
      {
        field: 'outputs.parameters.classification',
      },
    );
  }
  if (read.datatype !== 'FP16') return read.data;
  return Float32Array.from(read.data as Uint16Array, halfToNumber);
}

/** A half-precision number (IEEE 754 binary16) from its bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Indices of the `count` best of `width` scores from `begin` on: a heap whose root is the worst that is kept, then sorted. */
function best(scores: Scores, begin: number, width: number, count: number): number[] {
  /** Whether `a` goes after `b`; what is not a number goes last. */
  const isWorse = (a: number, b: number): boolean => {
    const left = scores[begin + a] as number;
    const right = scores[begin + b] as number;
    if (left < right) return true;
    if (left > right) return false;
    const isLeftNumber = left === left;
    return isLeftNumber === (right === right) ? a > b : !isLeftNumber;
  };
  const heap: number[] = [];
  const sink = (from: number): void => {
    let parent = from;
    for (;;) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && isWorse(heap[child] as number, heap[worst] as number)) worst = child;
      }
      if (worst === parent) return;
      [heap[parent], heap[worst]] = [heap[worst] as number, heap[parent] as number];
      parent = worst;
    }
  };
  for (let index = 0; index < Math.min(count, width); index += 1) heap.push(index);
  for (let index = Math.floor(heap.length / 2) - 1; index >= 0; index -= 1) sink(index);
  for (let index = heap.length; count > 0 && index < width; index += 1) {
    if (isWorse(index, heap[0] as number)) continue;
    heap[0] = index;
    sink(0);
  }
  return heap.sort((a, b) => (isWorse(a, b) ? 1 : -1));
}
