import { unreadable } from '../../../refuse';
import type { JpegHeader } from '../../../raster/jpeg-header';
import type { BitReader } from '../jpeg-huffman/bit-reader';
import type { HuffmanTable } from '../jpeg-huffman/huffman-table';
import { addFirstPredictions, addPredictions } from './predict';
import type { ScanHeader } from './scan-header';

/** What is kept of a component: two lines of samples without the low bits that the point transform took (H.1.2.2). */
interface Lines {
  readonly table: HuffmanTable;
  readonly place: number;
  line: Uint16Array;
  above: Uint16Array;
}

/**
 * Writes the samples of one scan to their places among those of all components (T.81, H.2).
 *
 * @throws ServingError `unreadable_image` where the bits end, or are none of the codes
 */
export function decodeScan(
  bits: BitReader,
  { components, selection, pointTransform, restartLines }: ScanHeader,
  { width, height, precision, components: samples }: JpegHeader,
  out: Uint8Array | Uint16Array,
): void {
  const scanned = components.map(({ table, place }): Lines => {
    return { table, place, line: new Uint16Array(width), above: new Uint16Array(width) };
  });
  const middle = 1 << (precision - pointTransform - 1);
  for (let y = 0; y < height; y++) {
    const isFirst = y % restartLines === 0;
    if (isFirst && y > 0) bits.restart();
    readDifferences(bits, scanned, width);
    for (const component of scanned) {
      const { line, above, place } = component;
      if (isFirst) addFirstPredictions(line, middle);
      else addPredictions(line, above, selection);
      for (let x = 0, at = y * width * samples + place; x < width; x++, at += samples)
        out[at] = (line[x] as number) << pointTransform;
      component.line = above;
      component.above = line;
    }
  }
}

/** One line of every component, sample by sample: an MCU is one of each (H.1.1). */
function readDifferences(bits: BitReader, scanned: readonly Lines[], width: number): void {
  const [only] = scanned;
  if (scanned.length === 1 && only !== undefined) {
    const { table, line } = only;
    for (let x = 0; x < width; x++) line[x] = difference(bits, table);
    return;
  }
  for (let x = 0; x < width; x++) for (const { table, line } of scanned) line[x] = difference(bits, table);
}

/** Modulo 65,536, as all that is done with it (H.1.2.1): 32,768 is the one of the category 16, which no bits follow (table H.2). */
function difference(bits: BitReader, table: HuffmanTable): number {
  const size = table.next(bits);
  if (size < 16) return bits.signed(size);
  if (size > 16) throw unreadable('The JPEG lossless codestream has a difference that is too large.');
  return 0x8000;
}
