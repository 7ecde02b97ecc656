/** VRs with a 32-bit length after two reserved bytes in explicit encodings (PS3.5 table 7.1-1). */
export const LONG_VRS: ReadonlySet<string> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);

/** Bytes of one number of a binary VR: what changes places between the byte orders. VRs of bytes and text have none. */
const WORDS: Readonly<Record<string, 2 | 4 | 8>> = {
  AT: 2,
  OW: 2,
  SS: 2,
  US: 2,
  FL: 4,
  OF: 4,
  OL: 4,
  SL: 4,
  UL: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
};

/** A binary value in the other byte order; the same buffer where the order makes no difference. */
export function inOtherByteOrder(vr: string, bytes: Buffer): Buffer {
  const word = WORDS[vr];
  if (word === undefined || bytes.length % word !== 0) return bytes;
  const turned = Buffer.from(bytes);
  if (word === 2) return turned.swap16();
  return word === 4 ? turned.swap32() : turned.swap64();
}
