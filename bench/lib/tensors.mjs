const ARRAYS = { FP32: Float32Array, UINT8: Uint8Array };
const ORT_TYPES = { FP32: 'float32', UINT8: 'uint8' };

export const ortTypeOf = (datatype) => ORT_TYPES[datatype];

/** The values of an input: the same for the platform, for the baseline and for a peer. */
export function valuesOf({ datatype, shape }) {
  const count = shape.reduce((product, size) => product * size, 1);
  return new ARRAYS[datatype](count).map((_, index) => index % 251);
}

export function bytesOf(tensor) {
  const values = valuesOf(tensor);
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
