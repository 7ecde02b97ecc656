import type { DataSet, Element } from '../data-set';
import { TAG } from '../tags';
import { inOtherByteOrder } from '../write/vr';

/** Pixel cells of more than a word keep their bytes together (PS3.5 8.1.1), also where their VR is OW, whose words are shorter. */
const CELLS: Readonly<Record<number, string>> = { 32: 'OL', 64: 'OV' };

/** The value of an element in little endian; the file's own bytes where it is so already. */
export function littleEndianValue(holder: DataSet, element: Element, vr: string): Buffer {
  const bytes = holder.value(element);
  if (holder.littleEndian) return bytes;
  const bits = element.tag === TAG.pixelData ? holder.uint16(TAG.bitsAllocated) : undefined;
  return inOtherByteOrder((vr === 'OW' && bits !== undefined && CELLS[bits]) || vr, bytes);
}
