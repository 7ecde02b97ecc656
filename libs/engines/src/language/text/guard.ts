/** Noncharacters are not for interchange (Unicode 23.7), so no text that came in holds this one after `plainText`. */
export const GUARD = '\uFDD0';

/** A caller's text as it is encoded: lone surrogates and the one character kept for ourselves become U+FFFD. */
export const plainText = (text: string): string => text.toWellFormed().replaceAll(GUARD, '\uFFFD');
