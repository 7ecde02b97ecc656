/** `Warning: 299` with its text (RFC 7234, section 5.5). */
export const warning = (text: string): string => `299 medserve "${text.replace(/["\\]/g, "'")}"`;
