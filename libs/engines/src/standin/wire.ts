/* Protobuf's wire format, the part that an ONNX file needs. */

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

export const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
};

/** A whole number, not negative. */
export const scalar = (number: number, value: number): Buffer => Buffer.concat([varint(number << 3), varint(value)]);

export const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
