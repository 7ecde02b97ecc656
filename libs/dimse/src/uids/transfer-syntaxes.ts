export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/**
 * The transfer syntaxes of PS3.6 table A-1 in which data sets are stored. They are kept as they come, so none has to be understood
 * here; those whose pixels are elsewhere (JPIP) are not among them, nor those of real-time video.
 */
export const STORAGE_SYNTAXES: ReadonlySet<string> = new Set([
  IMPLICIT_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  ...['1.98', '1.99', '5', '8.1'].map(under),
  ...[50, 51, 57, 70, 80, 81, 90, 91, 92, 93].map(encapsulated),
  ...[100, 101, 102, 103, 104, 105, 106, 107, 108].map(encapsulated),
  ...['100.1', '101.1', '102.1', '103.1', '104.1', '105.1', '106.1'].map(encapsulated),
  ...[110, 111, 112, 201, 202, 203].map(encapsulated),
]);

function under(suffix: string): string {
  return `1.2.840.10008.1.2.${suffix}`;
}

function encapsulated(suffix: number | string): string {
  return `1.2.840.10008.1.2.4.${String(suffix)}`;
}

/**
 * The transfer syntax for storage: explicit little endian, which loses no VR, wherever it is proposed; else the first compressed one
 * that is known, whose bytes are kept; else what is left. Undefined: none is known.
 */
export function chooseForStorage(proposed: readonly string[]): string | undefined {
  const known = proposed.filter((syntax) => STORAGE_SYNTAXES.has(syntax));
  const isPlain = (syntax: string): boolean => syntax === IMPLICIT_LITTLE_ENDIAN || syntax === EXPLICIT_BIG_ENDIAN;
  if (known.includes(EXPLICIT_LITTLE_ENDIAN)) return EXPLICIT_LITTLE_ENDIAN;
  return known.find((syntax) => !isPlain(syntax)) ?? known.find(isPlain);
}

/** For everything else: identifiers are short, so only the two plain little endian ones. */
export function chooseForMessages(proposed: readonly string[]): string | undefined {
  if (proposed.includes(EXPLICIT_LITTLE_ENDIAN)) return EXPLICIT_LITTLE_ENDIAN;
  return proposed.find((syntax) => syntax === IMPLICIT_LITTLE_ENDIAN);
}
