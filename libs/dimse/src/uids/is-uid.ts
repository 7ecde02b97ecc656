const MOST_CHARACTERS = 64;
const UID = /^\d+(\.\d+)*$/;

/**
 * Whether a text is a UID (PS3.5 9.1). The rule of the archive and of DICOMweb, to the letter, so that whatever is taken can be fetched:
 * a number begins with a zero in what some devices send, and may.
 */
export const isUid = (text: string): boolean => text.length <= MOST_CHARACTERS && UID.test(text);
