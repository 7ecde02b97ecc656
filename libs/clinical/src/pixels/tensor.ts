import type { SampleArray } from './samples';

interface ArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset?: number, length?: number): SampleArray;
}

/** Element types by their Open Inference Protocol names (v2, "Tensor Data Types"), and the arrays that hold them. */
export const ELEMENT_ARRAYS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const satisfies Record<string, ArrayType>;

/** The datatype of a tensor of numbers. */
export type Datatype = keyof typeof ELEMENT_ARRAYS;

/** A dense tensor of numbers in row-major order. `data.length` is the product of `shape`; FP16 is held as its bits (Uint16Array). */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: SampleArray;
}

/** A tensor of the datatype BYTES, whose elements are texts: ONNX Runtime knows no others. */
export interface TextTensor {
  readonly name: string;
  readonly datatype: 'BYTES';
  readonly shape: readonly number[];
  readonly data: readonly string[];
}

/** Whatever may go into a model or come out of it. */
export type AnyTensor = Tensor | TextTensor;
export type AnyDatatype = AnyTensor['datatype'];

export const DATATYPES: readonly AnyDatatype[] = [...(Object.keys(ELEMENT_ARRAYS) as Datatype[]), 'BYTES'];

export const isDatatype = (text: string): text is AnyDatatype =>
  text === 'BYTES' || Object.hasOwn(ELEMENT_ARRAYS, text);

/** The product of a shape; 1 of a tensor without axes. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
