import type { SampleArray } from './samples';

/** Element types by their Open Inference Protocol names (v2, "Tensor Data Types"). */
export type Datatype =
  'BOOL' | 'UINT8' | 'UINT16' | 'UINT32' | 'UINT64' | 'INT8' | 'INT16' | 'INT32' | 'INT64' | 'FP16' | 'FP32' | 'FP64';

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
