import type { TextVr } from './element';
import { unwritable } from './unwritable';

/** How text outside of the default repertoire is encoded, by Specific Character Set (PS3.3 C.12.1.1.2). */
export type TextEncoding = 'ascii' | 'latin1' | 'utf8';

/** VRs whose text is in the object's character set; that of all others is in the default repertoire (PS3.5 6.1.2.2). */
const IN_CHARACTER_SET: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** Most characters of one value (PS3.5 table 6.2-1); of a name, of each of its groups. */
const MOST_CHARACTERS: Readonly<Partial<Record<TextVr, number>>> = {
  AE: 16,
  AS: 4,
  CS: 16,
  DA: 8,
  DT: 26,
  LO: 64,
  LT: 10_240,
  PN: 64,
  SH: 16,
  ST: 1_024,
  TM: 14,
  UI: 64,
};

const ALLOWED: Readonly<Partial<Record<TextVr, RegExp>>> = {
  CS: /^[A-Z0-9_ ]*$/,
  DA: /^(\d{8})?$/,
  TM: /^(\d{2,6}(\.\d{1,6})?)?$/,
  UI: /^([0-9]+(\.[0-9]+)*)?$/,
};

/** VRs whose value may hold a backslash, and so never is several values. */
const ALWAYS_ONE: ReadonlySet<string> = new Set(['LT', 'ST', 'UR', 'UT']);

export function textEncodingOf(characterSet: string | undefined): TextEncoding {
  if (characterSet === 'ISO_IR 192') return 'utf8';
  return characterSet === 'ISO_IR 100' ? 'latin1' : 'ascii';
}

export const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);
const isLatin1 = (text: string): boolean => /^[\0-\xff]*$/.test(text);

/**
 * The bytes of a text value, padded to an even length: UIDs by a zero, all else by a space (PS3.5 6.2).
 *
 * @throws ServingError `internal` where a value is too long, has characters that its VR forbids, or some that the encoding lacks
 */
export function encodeText(vr: TextVr, value: string | readonly string[], encoding: TextEncoding): Buffer {
  const values = typeof value === 'string' ? [value] : value;
  for (const one of values) checkText(vr, one);
  const text = values.join('\\');
  const used = IN_CHARACTER_SET.has(vr) ? encoding : 'ascii';
  if (used !== 'utf8' && !(used === 'latin1' ? isLatin1(text) : isAscii(text))) {
    throw unwritable(`A value of VR ${vr} has characters that its object's character set lacks.`);
  }
  const bytes = Buffer.from(text, used);
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
}

function checkText(vr: TextVr, value: string): void {
  const most = MOST_CHARACTERS[vr] ?? Infinity;
  const parts = vr === 'PN' ? value.split('=') : [value];
  if (parts.some((part) => part.length > most && Array.from(part).length > most)) {
    throw unwritable(`A value of VR ${vr} has more than ${String(most)} characters.`);
  }
  const isOne = !ALWAYS_ONE.has(vr) && value.includes('\\');
  if (isOne || ALLOWED[vr]?.test(value) === false) {
    throw unwritable(`A value of VR ${vr} has characters that its VR forbids.`);
  }
}
