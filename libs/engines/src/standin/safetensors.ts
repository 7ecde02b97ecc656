export interface NamedMatrix {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The bytes of a file in the safetensors format: length of the header, the header as JSON, the numbers one after another. */
export function writeSafetensors(tensors: readonly NamedMatrix[]): Buffer {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength));
  const numbers = tensors.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return Buffer.concat([length, text, ...numbers]);
}
