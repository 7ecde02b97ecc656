import { createHash } from 'node:crypto';

/** A UUID made from words (RFC 9562, version 8): the same words, the same id, on every machine. */
export function uuidOf(...words: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The same as a DICOM UID (PS3.5 B.2): `2.25.` and the UUID as a decimal number. */
export const uidOf = (...words: readonly string[]): string =>
  `2.25.${BigInt(`0x${uuidOf(...words).replaceAll('-', '')}`).toString()}`;
