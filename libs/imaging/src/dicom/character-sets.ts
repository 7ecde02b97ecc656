import { decodeExtended } from './code-extensions';

/** Encodings of the Encoding Standard for the defined terms of Specific Character Set (PS3.3 C.12.1.1.2). */
export const ENCODINGS: Readonly<Record<string, string>> = {
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 148': 'iso-8859-9',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  'ISO_IR 203': 'iso-8859-15',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Whole encodings, which no others are mixed with (PS3.3 C.12.1.1.2). */
const WHOLE = new Set(['ISO_IR 192', 'GB18030', 'GBK']);
const ESCAPE = 0x1b;

/**
 * Text of a value in the character sets that its object declares. Several are changed between by escape sequences (ISO 2022). What
 * nobody declared is Latin-1, of which the default repertoire is a part: ids hold other characters hardly ever, and a wrong letter
 * is still the same letter every time.
 *
 * @param declared the value of Specific Character Set (0008,0005)
 */
export function decodeText(bytes: Buffer, declared: string | undefined): string {
  const first = (declared ?? '').split('\\')[0]?.trim() ?? '';
  const term = first.replace(/^ISO 2022 IR /, 'ISO_IR ');
  const encoding = ENCODINGS[term] ?? 'latin1';
  if (bytes.includes(ESCAPE) && !WHOLE.has(term)) return decodeExtended(bytes, encoding);
  return new TextDecoder(encoding).decode(bytes);
}
