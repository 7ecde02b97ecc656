import { IntlMessageFormat, type PrimitiveType } from 'intl-messageformat';
import type { Language } from './define-messages';

export type Values = Readonly<Record<string, PrimitiveType>>;

const compiled = new Map<string, IntlMessageFormat>();

/** Fills a text in ICU MessageFormat. Each text is parsed once. */
export function formatMessage(language: Language, message: string, values?: Values): string {
  const key = `${language}\n${message}`;
  let format = compiled.get(key);
  if (format === undefined) {
    // Angle brackets in a text are angle brackets.
    format = new IntlMessageFormat(message, language, undefined, { ignoreTag: true });
    compiled.set(key, format);
  }
  return String(format.format(values));
}
