import { WireType } from '@bufbuild/protobuf/wire';

/** Of a length, which is below 2^32: a message has at most a gigabyte. */
export const lengthBytes = (length: number): number => (length < 0x80 ? 1 : Math.ceil((32 - Math.clz32(length)) / 7));

/** Writes tag and length of field 1 to 15 at `offset`: 1 + `lengthBytes(length)` bytes. */
export function writeLengthPrefix(target: Uint8Array, offset: number, field: number, length: number): void {
  target[offset] = (field << 3) | WireType.LengthDelimited;
  const last = offset + lengthBytes(length);
  let rest = length;
  for (let at = offset + 1; at <= last; at += 1) {
    target[at] = at === last ? rest : (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
}

/** Tag and length of a field whose bytes follow in the next part of a message, for fields 1 to 15. */
export function lengthPrefix(field: number, length: number): Uint8Array {
  const prefix = new Uint8Array(1 + lengthBytes(length));
  writeLengthPrefix(prefix, 0, field, length);
  return prefix;
}
