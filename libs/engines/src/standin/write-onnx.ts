import { field, message, scalar } from './wire';

/* An ONNX writer without a dependency. Field numbers are those of onnx.proto; opset 17, IR version 8. */

const ELEMENT_TYPES = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
  BF16: 16,
} as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A number is a fixed dimension, a text a free one. */
export type Dimension = number | string;

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  /** Absent: the rank is left open. */
  readonly shape?: readonly Dimension[];
}

/** Lists of integers become INTS, integers INT, graphs GRAPH. */
export type OnnxAttribute = number | readonly number[] | OnnxGraph;

export interface OnnxNode {
  readonly op: string;
  /** Default: the standard's. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** INT64 where they are big integers. */
  readonly values: Float32Array | BigInt64Array;
}

/** A tensor whose bytes lie in another file. */
export interface OnnxExternalWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly external: { readonly location: string; readonly offset?: number; readonly length?: number };
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly weights?: readonly (OnnxWeight | OnnxExternalWeight)[];
}

const FLOAT_INT = 2;
const GRAPH = 5;
const INTS = 7;
const OPSET = 17;
const IR_VERSION = 8;

const value = ({ name, type, shape }: OnnxValue): Buffer => {
  const dimensions = shape?.map((size) => field(1, typeof size === 'number' ? scalar(1, size) : field(2, size)));
  const tensorType = message(scalar(1, ELEMENT_TYPES[type]), ...(dimensions ? [field(2, message(...dimensions))] : []));
  return message(field(1, name), field(2, field(1, tensorType)));
};

const attribute = (name: string, content: OnnxAttribute): Buffer => {
  if (typeof content === 'number') return message(field(1, name), scalar(3, content), scalar(20, FLOAT_INT));
  if ('nodes' in content) return message(field(1, name), field(6, graph(content)), scalar(20, GRAPH));
  return message(field(1, name), ...content.map((item) => scalar(8, item)), scalar(20, INTS));
};

const node = ({ op, domain = '', inputs, outputs, attributes = {} }: OnnxNode): Buffer =>
  message(
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(4, op),
    ...Object.entries(attributes).map(([name, content]) => field(5, attribute(name, content))),
    ...(domain === '' ? [] : [field(7, domain)]),
  );

const entry = (key: string, text: string): Buffer => field(13, message(field(1, key), field(2, text)));

const content = (weight: OnnxWeight | OnnxExternalWeight): Buffer[] => {
  if ('values' in weight) {
    const { buffer, byteOffset, byteLength } = weight.values;
    return [field(9, Buffer.from(buffer, byteOffset, byteLength))];
  }
  const { location, offset, length } = weight.external;
  return [
    entry('location', location),
    ...(offset === undefined ? [] : [entry('offset', String(offset))]),
    ...(length === undefined ? [] : [entry('length', String(length))]),
    scalar(14, 1),
  ];
};

const weight = (given: OnnxWeight | OnnxExternalWeight): Buffer => {
  const isInteger = 'values' in given && given.values instanceof BigInt64Array;
  return message(
    ...given.shape.map((size) => scalar(1, size)),
    scalar(2, ELEMENT_TYPES[isInteger ? 'INT64' : 'FP32']),
    field(8, given.name),
    ...content(given),
  );
};

function graph({ inputs, outputs, nodes, weights = [] }: OnnxGraph): Buffer {
  return message(
    ...nodes.map((item) => field(1, node(item))),
    field(2, 'graph'),
    ...weights.map((item) => field(5, weight(item))),
    ...inputs.map((item) => field(11, value(item))),
    ...outputs.map((item) => field(12, value(item))),
  );
}

/** The bytes of a .onnx file. Domains beside the standard's are imported in their first version. */
export const writeOnnx = (content: OnnxGraph): Buffer => {
  const domains = new Set(content.nodes.flatMap(({ domain }) => domain ?? []));
  const imports = [...domains].map((domain) => field(8, message(field(1, domain), scalar(2, 1))));
  return message(scalar(1, IR_VERSION), field(7, graph(content)), field(8, scalar(2, OPSET)), ...imports);
};
