import type { KvShape } from './kv-rows';

/*
 * What a step adds to the cache, as one output of its own.
 *
 * A decoder gives its whole cache as `present`, and ONNX Runtime's binding copies every output that it is asked for into new
 * memory (1.30.0), even one that lies in memory of the caller's: at sixteen rows of 512 positions that takes three times as long
 * as the step itself. So the graph is asked for less: a gather behind each `present` takes the positions that are new, and one
 * output holds them all.
 *
 * A protobuf message may be continued: fields that come after its end are merged into it (https://protobuf.dev, "Last One Wins"),
 * so the additions are put behind the model's bytes, which stay what they were.
 */

/** INT64 [batch, heads, positions, 2]: of each head its number, and the position that is new. */
export const NEW_AT = 'medserve.new_at';
/** FP32 [2 · layers · batch, heads, positions, headSize]: keys and values of the new positions, part by part. */
export const NEW = 'medserve.new';

const FLOAT = 1;
const INT64 = 7;
const INT_ATTRIBUTE = 2;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

const number = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);

function content(field: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.byteLength), bytes]);
}

/* Field numbers are those of onnx.proto. */

const node = (op: string, inputs: readonly string[], output: string, attribute: string, value: number): Buffer =>
  content(
    1,
    ...inputs.map((input) => content(1, input)),
    content(2, output),
    content(4, op),
    content(5, content(1, attribute), number(3, value), number(20, INT_ATTRIBUTE)),
  );

const tensor = (field: number, name: string, type: number, dimensions: readonly (number | string)[]): Buffer => {
  const shape = dimensions.map((size) => content(1, typeof size === 'number' ? number(1, size) : content(2, size)));
  return content(field, content(1, name), content(2, content(1, number(1, type), content(2, ...shape))));
};

/** The model with the output `NEW` and the input `NEW_AT` that it needs. */
export function withNewPositions(model: Buffer, { layers, heads, headSize }: KvShape): Buffer {
  const kept = Array.from({ length: layers }, (_, layer) => [`${String(layer)}.key`, `${String(layer)}.value`]).flat();
  const nodes = kept.map((part) => node('GatherND', [`present.${part}`, NEW_AT], `medserve.${part}`, 'batch_dims', 1));
  const all = node(
    'Concat',
    kept.map((part) => `medserve.${part}`),
    NEW,
    'axis',
    0,
  );
  const graph = content(
    7,
    ...nodes,
    all,
    tensor(11, NEW_AT, INT64, ['batch', heads, 'medserve.positions', 2]),
    tensor(12, NEW, FLOAT, ['medserve.parts', heads, 'medserve.positions', headSize]),
  );
  return Buffer.concat([model, graph]);
}
