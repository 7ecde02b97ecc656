const MOST_CHARACTERS = 64;
const UID = /^\d+(\.\d+)*$/;

/**
 * Whether a text, without its padding, is a UID (PS3.5 9.1): numbers between dots, none of them empty, 64 characters at most. A zero at
 * the beginning of a number, which the standard does not allow, is let pass: there are devices that send it.
 */
export const isUid = (text: string): boolean => text.length <= MOST_CHARACTERS && UID.test(text);
