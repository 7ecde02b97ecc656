/**
 * The smallest real models: an ONNX writer without a dependency, and what tests need from it. Field numbers are those of
 * onnx.proto; opset 17, IR version 8.
 */

const ELEMENT_TYPES = { FP32: 1, UINT8: 2, INT8: 3, UINT16: 4, INT16: 5, INT32: 6, INT64: 7 } as const;
type ElementType = keyof typeof ELEMENT_TYPES;

/** A number is a fixed dimension, a text a free one. */
type Dimension = number | string;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
};
const scalar = (number: number, value: number): Buffer => Buffer.concat([varint(number << 3), varint(value)]);
const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Lists of integers become INTS, integers INT. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly weights?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: Float32Array;
  }[];
}

const value = ({ name, type, shape }: OnnxValue): Buffer => {
  const dimensions = shape.map((size) => field(1, typeof size === 'number' ? scalar(1, size) : field(2, size)));
  return message(
    field(1, name),
    field(2, field(1, message(scalar(1, ELEMENT_TYPES[type]), field(2, message(...dimensions))))),
  );
};

const attribute = (name: string, content: number | readonly number[]): Buffer =>
  typeof content === 'number'
    ? message(field(1, name), scalar(3, content), scalar(20, 2))
    : message(field(1, name), ...content.map((item) => scalar(8, item)), scalar(20, 7));

const node = ({ op, inputs, outputs, attributes = {} }: OnnxNode): Buffer =>
  message(
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(4, op),
    ...Object.entries(attributes).map(([name, content]) => field(5, attribute(name, content))),
  );

/** The bytes of a .onnx file. */
export function writeOnnx({ inputs, outputs, nodes, weights = [] }: OnnxGraph): Buffer {
  const initializers = weights.map(({ name, shape, values }) =>
    field(
      5,
      message(
        ...shape.map((size) => scalar(1, size)),
        scalar(2, ELEMENT_TYPES.FP32),
        field(8, name),
        field(9, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
      ),
    ),
  );
  const graph = message(
    ...nodes.map((entry) => field(1, node(entry))),
    field(2, 'graph'),
    ...initializers,
    ...inputs.map((entry) => field(11, value(entry))),
    ...outputs.map((entry) => field(12, value(entry))),
  );
  return message(scalar(1, 8), field(7, graph), field(8, scalar(2, 17)));
}

/** `y` is `x`: FP32, any length. */
export const identityOnnx = (): Buffer =>
  writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['n'] }],
    outputs: [{ name: 'y', type: 'FP32', shape: ['n'] }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  });

/**
 * Runs for about as long as `side` to the power of three says: `y` = the sum of `layers` chained products of a square matrix
 * with itself. For tests that need a model at work: `x` is one FP32 number, added to the result times zero.
 */
export function slowOnnx(side: number, layers: number): Buffer {
  const values = new Float32Array(side * side).fill(1 / side);
  const products = Array.from({ length: layers }, (_, index) => ({
    op: 'MatMul',
    inputs: [index === 0 ? 'seed' : `p${String(index - 1)}`, 'w'],
    outputs: [`p${String(index)}`],
  }));
  return writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: [1] }],
    outputs: [{ name: 'y', type: 'FP32', shape: [] }],
    nodes: [
      // From the input on, so that no optimiser folds the work into a constant.
      { op: 'Add', inputs: ['w', 'x'], outputs: ['seed'] },
      ...products,
      { op: 'ReduceMean', inputs: [`p${String(layers - 1)}`], outputs: ['y'], attributes: { keepdims: 0 } },
    ],
    weights: [{ name: 'w', shape: [side, side], values }],
  });
}

/** A 3x3 mean filter over a UINT8 picture [n, height, width, 1]: the convolution lies in the graph, as packages do it. */
export const meanFilterOnnx = (): Buffer =>
  writeOnnx({
    inputs: [{ name: 'image', type: 'UINT8', shape: ['n', 'h', 'w', 1] }],
    outputs: [{ name: 'smooth', type: 'FP32', shape: ['n', 1, 'h', 'w'] }],
    nodes: [
      { op: 'Cast', inputs: ['image'], outputs: ['float'], attributes: { to: 1 } },
      { op: 'Transpose', inputs: ['float'], outputs: ['nchw'], attributes: { perm: [0, 3, 1, 2] } },
      {
        op: 'Conv',
        inputs: ['nchw', 'kernel'],
        outputs: ['smooth'],
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      },
    ],
    weights: [{ name: 'kernel', shape: [1, 1, 3, 3], values: new Float32Array(9).fill(1 / 9) }],
  });
