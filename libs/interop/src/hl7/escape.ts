const CODE_OF: Readonly<Record<string, string>> = { '|': 'F', '^': 'S', '&': 'T', '~': 'R', '\\': 'E' };
const MARK_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CODE_OF).map(([mark, code]) => [code, mark]),
);

/**
 * Text as the value of a field, component or subcomponent (HL7 2.5.1, chapter 2, 2.7): delimiters by their letter, control characters
 * and line ends by their hexadecimal code, so that what is read back is what was written. Halves of surrogate pairs, which UTF-8
 * cannot hold, become U+FFFD.
 */
export const escapeText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[|^&~\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (mark) => `\\${CODE_OF[mark] ?? hexOf(mark)}\\`);

const hexOf = (character: string): string => `X${Buffer.from(character, 'utf8').toString('hex').toUpperCase()}`;

/** What `escapeText` was given; other escape sequences (highlighting, formatting) stay as they are. */
export const unescapeText = (field: string): string =>
  field.replace(/\\(?:([FSTRE])|X((?:[0-9A-Fa-f]{2})+))\\/g, (_, letter: string | undefined, hex: string | undefined) =>
    letter === undefined ? Buffer.from(hex ?? '', 'hex').toString('utf8') : (MARK_OF[letter] ?? ''),
  );
