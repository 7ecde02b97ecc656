import type { DataSet } from './data-set';
import { TAG } from './tags';

/** A table of the modality or of the display (PS3.3 C.11.1.1, C.11.2.1.1). */
export interface LookupTable {
  /** The value that the first entry is for; values beyond the ends take the end's entry. */
  readonly first: number;
  readonly bits: number;
  readonly entries: Uint16Array;
}

/**
 * @param signed whether the values that it takes may be negative
 * @returns undefined of a table that is not whole, or shorter than it says
 */
export function readLookupTable(item: DataSet, signed: boolean): LookupTable | undefined {
  const data = item.elements.get(TAG.lutData);
  const [count, first, bits] = [0, 1, 2].map((index) => item.uint16(TAG.lutDescriptor, index));
  if (count === undefined || first === undefined || bits === undefined || data === undefined || bits < 8 || bits > 16)
    return undefined;
  // A count of 0 stands for 65,536.
  const length = count === 0 ? 65_536 : count;
  const bytes = item.value(data);
  const isPacked = bits === 8 && bytes.length < 2 * length;
  if (bytes.length < (isPacked ? length : 2 * length)) return undefined;
  const entries = Uint16Array.from({ length }, (_, index) => {
    if (isPacked) return bytes[item.littleEndian ? index : index ^ 1] as number;
    return item.littleEndian ? bytes.readUInt16LE(2 * index) : bytes.readUInt16BE(2 * index);
  });
  return { first: signed ? (first << 16) >> 16 : first, bits, entries };
}
