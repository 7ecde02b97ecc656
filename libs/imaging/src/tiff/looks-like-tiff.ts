/** The byte order and number that a TIFF or BigTIFF begins with. */
const MAGIC: ReadonlySet<string> = new Set(['49492a00', '4d4d002a', '49492b00', '4d4d002b']);

/** Whether the bytes begin as a TIFF or BigTIFF, of either byte order. */
export const looksLikeTiff = (bytes: Buffer): boolean => bytes.length >= 8 && MAGIC.has(bytes.toString('hex', 0, 4));
