/**
 * Text as FHIR's string may hold it (https://hl7.org/fhir/R4/datatypes.html#string): without control characters other than tab and line
 * ends, without what is no character at all. Halves of surrogate pairs become U+FFFD.
 */
export const plain = (text: string): string =>
  text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '');

/** Of a string FHIR takes 1 MiB; so many characters are less in UTF-8. */
const MOST_CHARACTERS = 300_000;
const CUT = ' ... (cut)';

/** The beginning of a text that is longer than FHIR takes. */
export const shortEnough = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS).toWellFormed()}${CUT}`;
