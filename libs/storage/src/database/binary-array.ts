/**
 * One-dimensional arrays in PostgreSQL's binary format (array_recv in src/backend/utils/adt/arrayfuncs.c): number of
 * dimensions, whether there are nulls, type of the elements, length, lower bound; then each element's length and bytes.
 * As text an array of bytes would travel in hexadecimal, escaped, and be read back character by character.
 */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
const UUID_BYTES = 16;

/** `pg_type.oid` of the types that can be elements here. */
const BYTEA = 17;
const TEXT = 25;
const UUID = 2950;

function header(length: number, elementType: number, hasNulls: boolean, byteLength: number): Buffer {
  const buffer = Buffer.allocUnsafe(byteLength);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(hasNulls ? 1 : 0, 4);
  buffer.writeInt32BE(elementType, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

/** The parameter for `$n::bytea[]`. */
export function byteaArray(elements: readonly (Buffer | null)[]): Buffer {
  let byteLength = HEADER_BYTES;
  for (const element of elements) byteLength += 4 + (element?.length ?? 0);
  const buffer = header(elements.length, BYTEA, elements.includes(null), byteLength);
  let position = HEADER_BYTES;
  for (const element of elements) {
    position = buffer.writeInt32BE(element?.length ?? NULL_LENGTH, position);
    if (element !== null) position += element.copy(buffer, position);
  }
  return buffer;
}

/** The parameter for `$n::text[]`; what is cast on to another type is read there as its text form. */
export function textArray(elements: readonly (string | null)[]): Buffer {
  let byteLength = HEADER_BYTES;
  for (const element of elements) byteLength += 4 + (element === null ? 0 : Buffer.byteLength(element));
  const buffer = header(elements.length, TEXT, elements.includes(null), byteLength);
  let position = HEADER_BYTES;
  for (const element of elements) {
    const at = position + 4;
    const length = element === null ? NULL_LENGTH : buffer.write(element, at);
    buffer.writeInt32BE(length, position);
    position = at + Math.max(length, 0);
  }
  return buffer;
}

/** The parameter for `$n::uuid[]`. @param elements in their text form, with hyphens */
export function uuidArray(elements: readonly (string | null)[]): Buffer {
  const count = elements.length;
  const buffer = header(count, UUID, elements.includes(null), HEADER_BYTES + count * (4 + UUID_BYTES));
  let position = HEADER_BYTES;
  for (const element of elements) {
    position = buffer.writeInt32BE(element === null ? NULL_LENGTH : UUID_BYTES, position);
    if (element !== null) position += buffer.write(element.replaceAll('-', ''), position, 'hex');
  }
  return buffer.subarray(0, position);
}
