import type { AnyTensor, SampleArray } from '@medserve/clinical';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function joinData(parts: readonly SampleArray[]): SampleArray {
  const [first] = parts;
  if (!first) throw new Error('nothing to join');
  const joined = new (first.constructor as new (length: number) => SampleArray)(sum(parts.map(({ length }) => length)));
  let offset = 0;
  for (const part of parts) {
    // All parts have the first one's type, which `set` cannot know.
    (joined as Float32Array).set(part as Float32Array, offset);
    offset += part.length;
  }
  return joined;
}

function joinTensors(tensors: readonly AnyTensor[]): AnyTensor {
  const [first] = tensors as readonly [AnyTensor, ...AnyTensor[]];
  const shape = [sum(tensors.map((tensor) => tensor.shape[0] ?? 0)), ...first.shape.slice(1)];
  if (first.datatype === 'BYTES') return { ...first, shape, data: tensors.flatMap(({ data }) => data as string[]) };
  return { ...first, shape, data: joinData(tensors.map(({ data }) => data as SampleArray)) };
}

/**
 * Puts the tensors of several requests behind each other along the first axis, in one copy. The requests have the same tensors
 * in the same order, of the same datatypes and shapes behind the first axis. A single request's are given back as they are.
 */
export function joinRows(requests: readonly (readonly AnyTensor[])[]): readonly AnyTensor[] {
  const [first] = requests;
  if (!first || requests.length === 1) return first ?? [];
  return first.map((_, index) => joinTensors(requests.map((tensors) => tensors[index] as AnyTensor)));
}

function rowsOf(tensor: AnyTensor, begin: number, rows: number, total: number): AnyTensor {
  const stride = tensor.data.length / total;
  const [from, to] = [begin * stride, (begin + rows) * stride];
  const shape = [rows, ...tensor.shape.slice(1)];
  return tensor.datatype === 'BYTES'
    ? { ...tensor, shape, data: tensor.data.slice(from, to) }
    : { ...tensor, shape, data: tensor.data.subarray(from, to) };
}

/**
 * Gives each request its rows of the outputs: views of them, not copies.
 *
 * @param rows of each request, at least 1.
 * @returns `undefined` when an output does not have the rows of all requests as its first axis.
 */
export function splitRows(
  outputs: readonly AnyTensor[],
  rows: readonly number[],
): readonly (readonly AnyTensor[])[] | undefined {
  const total = sum(rows);
  if (outputs.some(({ shape }) => shape[0] !== total)) return undefined;
  let begin = 0;
  return rows.map((count) => {
    const own = outputs.map((output) => rowsOf(output, begin, count, total));
    begin += count;
    return own;
  });
}
