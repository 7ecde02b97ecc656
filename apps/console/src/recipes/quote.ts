/** Signs that are not seen, or that turn the order of what is: written as what they are, so that a text reads as it runs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const hex = (code: number): string => code.toString(16).padStart(4, '0');

/** In UTF-16, as JSON, JavaScript and Python (below U+10000) write it. */
const escaped = (sign: string): string =>
  Array.from({ length: sign.length }, (_, index) => `\\u${hex(sign.charCodeAt(index))}`).join('');

/** A string of JSON or JavaScript. */
export const quoted = (text: string): string => JSON.stringify(text).replaceAll(UNSEEN, escaped);

/** A value as JSON, or as JavaScript, with unseen signs escaped. */
export const json = (value: unknown, space?: number): string =>
  JSON.stringify(value, undefined, space).replaceAll(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, escaped);

/** A string of Python: as JSON, but for signs beyond U+FFFF, which are one there. */
const pythonString = (text: string): string =>
  JSON.stringify(text).replaceAll(UNSEEN, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${hex(code)}`;
  });

/** A value of JSON as Python writes it. */
export function python(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return pythonString(value);
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${pythonString(name)}: ${python(member)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word of bash or zsh, whatever is in it. */
export function shell(text: string): string {
  if (PLAIN.test(text)) return text;
  if (text.search(UNSEEN) < 0) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const body = text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`);
  return `$'${body.replaceAll(UNSEEN, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${hex(code)}`;
  })}'`;
}

/** A path that no command takes for an option. */
export const path = (name: string): string => (name.startsWith('-') ? `./${name}` : name);
