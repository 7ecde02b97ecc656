import { decodeText } from '../character-sets';
import type { JsonElement, JsonPersonName, JsonValue } from './json-element';

interface Encoded {
  /** Value of Specific Character Set (0008,0005). */
  readonly declared: string | undefined;
  readonly littleEndian: boolean;
}

/** VRs whose text is in the declared character set (PS3.5 6.1.2.3); the others hold the default repertoire. */
const DECLARED = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
/** VRs of one value, in which a backslash is a character (PS3.5 6.2). */
const WHOLE = new Set(['LT', 'ST', 'UT', 'UR']);
const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/** A value as DICOM JSON has it (PS3.18 F.2). What is no number where one has to be stays as it is written. */
export function jsonElementOf(vr: string, bytes: Buffer, { declared, littleEndian }: Encoded): JsonElement {
  const values = vr === 'US' ? numbers(bytes, littleEndian) : texts(vr, bytes, declared);
  return values.every((value) => value === null) ? { vr } : { vr, Value: values };
}

function numbers(bytes: Buffer, littleEndian: boolean): number[] {
  return Array.from({ length: Math.min(Math.floor(bytes.length / 2), 64) }, (_, index) =>
    littleEndian ? bytes.readUInt16LE(2 * index) : bytes.readUInt16BE(2 * index),
  );
}

function texts(vr: string, bytes: Buffer, declared: string | undefined): (JsonValue | null)[] {
  const decoded = DECLARED.has(vr) ? decodeText(bytes, declared) : bytes.toString('latin1');
  // A text of the index goes into PostgreSQL, which has no NUL.
  const text = decoded.replaceAll('\0', ' ').trimEnd();
  const parts = WHOLE.has(vr) ? [text] : text.split('\\').map((part) => part.trim());
  return parts.map((part) => (part === '' ? null : valueOf(vr, part)));
}

function valueOf(vr: string, text: string): JsonValue {
  if (vr === 'PN') return personName(text);
  if (vr !== 'DS' && vr !== 'IS') return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function personName(text: string): JsonPersonName {
  const groups = text.split('=');
  return Object.fromEntries(
    GROUPS.flatMap((name, at) => {
      const group = groups[at]?.trim() ?? '';
      return group === '' ? [] : [[name, group]];
    }),
  );
}
