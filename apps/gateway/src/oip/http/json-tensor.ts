import { elementCount, isDatatype, type AnyDatatype } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { bytesOf, encodeTexts, isShape, tensorBytesOf, type TensorBytes } from '@medserve/rpc';

/** A tensor whose elements are JSON values, flat in row-major order or nested as its shape says. */
export interface JsonTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: unknown;
}

const invalid = (name: string, detail: string): ServingError =>
  new ServingError('invalid_request', `The input ${JSON.stringify(name.slice(0, 128))} ${detail}`, {
    field: 'inputs.data',
  });

/**
 * @param exactly gives the same data with the integers that a number cannot hold as bigints; asked for only where there are any
 * @throws ServingError `invalid_request` for a datatype that has no JSON form, elements that are not of the datatype or beyond its
 *   range, and for more or fewer of them than the shape says
 */
export function readJsonTensor(tensor: JsonTensor, exactly: () => unknown): TensorBytes {
  const { name, datatype } = tensor;
  if (!isDatatype(datatype)) return tensorBytesOf({ name, datatype, shape: [...tensor.shape] }, undefined);
  if (datatype === 'FP16') throw invalid(name, 'is FP16, which has no JSON form: send it as binary data.');
  const shape = shapeOf(tensor);
  let values = flat(tensor);
  if (isWide(datatype) && values.some((value) => typeof value === 'number' && !Number.isSafeInteger(value))) {
    values = flat({ ...tensor, data: exactly() });
  }
  return { name, datatype, shape, bytes: bytesOfValues(tensor, datatype, values) };
}

function shapeOf({ name, shape }: JsonTensor): readonly number[] {
  if (isShape(shape)) return shape;
  throw invalid(name, 'has a shape with a negative or a too large dimension.');
}

/** The elements in row-major order. Data that is nested has to be nested exactly as the shape says. */
function flat(tensor: JsonTensor): readonly unknown[] {
  const { name, data, shape } = tensor;
  if (!Array.isArray(data)) throw invalid(name, 'has no list of data.');
  const count = elementCount(shape);
  const isNested = shape.length > 1 && Array.isArray(data[0]);
  const values = isNested ? flattened(tensor, data, 0, []) : (data as unknown[]);
  if (values.length === count) return values;
  throw invalid(name, `has ${String(values.length)} elements, and its shape has room for ${String(count)}.`);
}

function flattened(tensor: JsonTensor, data: unknown, axis: number, into: unknown[]): unknown[] {
  if (!Array.isArray(data) || data.length !== tensor.shape[axis]) {
    throw invalid(tensor.name, 'has data that is nested otherwise than its shape says.');
  }
  if (axis === tensor.shape.length - 1) for (const value of data as unknown[]) into.push(value);
  else for (const part of data as unknown[]) flattened(tensor, part, axis + 1, into);
  return into;
}

const isWide = (datatype: AnyDatatype): datatype is 'INT64' | 'UINT64' => datatype === 'INT64' || datatype === 'UINT64';

function bytesOfValues(
  { name }: JsonTensor,
  datatype: Exclude<AnyDatatype, 'FP16'>,
  values: readonly unknown[],
): Uint8Array {
  const bytes = encode(datatype, values);
  if (bytes === undefined) throw invalid(name, `has an element that is not of the datatype ${datatype}.`);
  return bytes;
}

/** @returns undefined when an element is not of the datatype */
function encode(datatype: Exclude<AnyDatatype, 'FP16'>, values: readonly unknown[]): Uint8Array | undefined {
  switch (datatype) {
    case 'BYTES':
      return values.every(isText) ? encodeTexts(values) : undefined;
    case 'BOOL':
      return values.every(isFlag) ? Uint8Array.from(values, Number) : undefined;
    case 'INT64':
      return encodeWide(values, new BigInt64Array(values.length), WIDE_RANGES.INT64);
    case 'UINT64':
      return encodeWide(values, new BigUint64Array(values.length), WIDE_RANGES.UINT64);
    case 'FP32':
      return encodeReal(values, new Float32Array(values.length));
    case 'FP64':
      return encodeReal(values, new Float64Array(values.length));
    case 'INT8':
      return encodeNarrow(values, new Int8Array(values.length), signed(8));
    case 'INT16':
      return encodeNarrow(values, new Int16Array(values.length), signed(16));
    case 'INT32':
      return encodeNarrow(values, new Int32Array(values.length), signed(32));
    case 'UINT8':
      return encodeNarrow(values, new Uint8Array(values.length), unsigned(8));
    case 'UINT16':
      return encodeNarrow(values, new Uint16Array(values.length), unsigned(16));
    case 'UINT32':
      return encodeNarrow(values, new Uint32Array(values.length), unsigned(32));
  }
}

interface Range<T> {
  readonly least: T;
  readonly most: T;
}

const signed = (bits: number): Range<number> => ({ least: -(2 ** (bits - 1)), most: 2 ** (bits - 1) - 1 });
const unsigned = (bits: number): Range<number> => ({ least: 0, most: 2 ** bits - 1 });
const WIDE_RANGES = {
  INT64: { least: -(2n ** 63n), most: 2n ** 63n - 1n },
  UINT64: { least: 0n, most: 2n ** 64n - 1n },
} as const;

function encodeNarrow(
  values: readonly unknown[],
  array: Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array,
  { least, most }: Range<number>,
): Uint8Array | undefined {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) return undefined;
    array[index] = value;
  }
  return bytesOf(array);
}

function encodeWide(
  values: readonly unknown[],
  array: BigInt64Array | BigUint64Array,
  { least, most }: Range<bigint>,
): Uint8Array | undefined {
  for (let index = 0; index < values.length; index += 1) {
    const value = wholeOf(values[index]);
    if (value === undefined || value < least || value > most) return undefined;
    array[index] = value;
  }
  return bytesOf(array);
}

function encodeReal(values: readonly unknown[], array: Float32Array | Float64Array): Uint8Array | undefined {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value !== 'number') return undefined;
    array[index] = value;
    // JSON has no infinity, so one in the array is a number beyond the range of the datatype.
    if (!Number.isFinite(array[index])) return undefined;
  }
  return bytesOf(array);
}

/** A text that UTF-8 can say: half of a surrogate pair would become another character. */
const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

const wholeOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
};
