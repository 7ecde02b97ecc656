import { decodeText } from '../character-sets';
import type { JsonPersonName } from '../instance/json-element';
import { withoutPadding } from '../padding';

/** VRs of one value, in which a backslash is a character and a leading space means something (PS3.5 6.2). */
const WHOLE: ReadonlySet<string> = new Set(['LT', 'ST', 'UR', 'UT']);
/** VRs whose text is in the declared character set (PS3.5 6.1.2.3); the others hold the default repertoire. */
const DECLARED: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/**
 * The values of a VR of text (PS3.18 F.2.3). Decimal and integer strings are numbers, but for those that are none; an empty value
 * among others is null.
 */
export function jsonTexts(
  vr: string,
  bytes: Buffer,
  declared: string | undefined,
): (string | number | JsonPersonName | null)[] {
  const text = withoutPadding(decodeText(bytes, DECLARED.has(vr) ? declared : undefined));
  if (WHOLE.has(vr)) return [text === '' ? null : text];
  return text.split('\\').map((part) => {
    const value = withoutPadding(part).trimStart();
    return value === '' ? null : valueOf(vr, value);
  });
}

function valueOf(vr: string, text: string): string | number | JsonPersonName | null {
  if (vr === 'PN') return personName(text);
  if (vr !== 'DS' && vr !== 'IS') return text;
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

function personName(text: string): JsonPersonName | null {
  const name: { -readonly [Group in keyof JsonPersonName]: string } = {};
  for (const [at, group] of GROUPS.entries()) {
    const found = text.split('=')[at]?.trim() ?? '';
    if (found !== '') name[group] = found;
  }
  return Object.keys(name).length === 0 ? null : name;
}
