import type { DataSet, Element } from '../data-set';
import { vrOf } from '../dictionary/dictionary';
import { TAG } from '../tags';

/** The VRs of PS3.5 table 6.2-1. */
const KNOWN: ReadonlySet<string> = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(' '),
);

/** Whether values of "US or SS" are signed: as the pixels of the object are (PS3.3 C.7.6.3). */
export const hasSignedPixels = (root: DataSet): boolean => root.uint16(TAG.pixelRepresentation) === 1;

/**
 * The VR of an element: what stands in the file; the dictionary's where it has none, or says that it does not know
 * (PS3.5 6.2.2); `UN` of what no edition of the standard has.
 */
export function vrOfElement({ tag, vr, items, fragments }: Element, signed: boolean): string {
  if (items !== undefined) return 'SQ';
  if (vr !== undefined && vr !== 'UN') return KNOWN.has(vr) ? vr : 'UN';
  if (fragments !== undefined) return 'OB';
  const found = vrOf(tag, signed);
  // A sequence whose items were not read is bytes.
  return found === 'SQ' ? 'UN' : found;
}
