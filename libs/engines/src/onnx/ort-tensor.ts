import type { AnyDatatype, AnyTensor } from '@medserve/clinical';
import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { typeOf } from './datatypes';
import type { Ort } from './load-ort';

type OrtTensorType = new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;

/** ORT takes a typed array as it is, without a copy, over any memory but a SharedArrayBuffer. */
export function toOrt(ort: Ort, { datatype, data, shape }: AnyTensor): OrtTensor {
  const Constructor = ort.Tensor as unknown as OrtTensorType;
  // Where JavaScript has a Float16Array, the constructor wants one and the native side finds it empty (1.30.0): it wants bits.
  if (datatype === 'FP16') return Object.assign(new Constructor('uint16', data, shape), { type: typeOf(datatype) });
  return new Constructor(typeOf(datatype), data, shape);
}

interface View {
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
  readonly length: number;
}

const bitsOf = ({ buffer, byteOffset, length }: View): Uint16Array => new Uint16Array(buffer, byteOffset, length);

/** FP16 comes as whatever this JavaScript has for it; here it is always bits. */
export function fromOrt(name: string, datatype: AnyDatatype, { dims, data }: OrtTensor): AnyTensor {
  return { name, datatype, shape: dims, data: datatype === 'FP16' ? bitsOf(data as View) : data } as AnyTensor;
}
