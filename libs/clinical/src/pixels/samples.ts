/** Typed arrays that pixels and tensors live in. */
export type SampleArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Sample types that decoded images use. */
export type SampleType = 'uint8' | 'uint16' | 'int16' | 'float32';

export type Samples = Uint8Array | Uint16Array | Int16Array | Float32Array;
