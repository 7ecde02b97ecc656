import { z } from 'zod';

/** The tag of a language in its canonical form (BCP 47, RFC 5646 section 4.5); undefined where it is not well formed. */
export function canonicalTag(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** A language tag in a request, answered in its canonical form. */
export const languageTag = z
  .string()
  .max(35)
  .transform((tag, context) => {
    const canonical = canonicalTag(tag);
    if (canonical !== undefined) return canonical;
    context.addIssue({ code: 'custom', message: 'has to be a language tag of BCP 47, such as "en" or "zh-Hans"' });
    return z.NEVER;
  });

/** The script that the language is usually written in (UTS 35, likely subtags), as ISO 15924; undefined where nobody knows. */
export function usualScript(tag: string): string | undefined {
  return new Intl.Locale(tag).maximize().script;
}

/** What the language is called in English, for a prompt. */
export function languageName(tag: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
}
