import { unreadable } from '../../../refuse';
import { HuffmanTable } from './huffman-table';

/**
 * The tables of one DHT segment (T.81, B.2.4.2), by class and destination as the segment has them in one byte.
 *
 * @throws ServingError `unreadable_image`
 */
export function readHuffmanTables(segment: Buffer, into: Map<number, HuffmanTable>): void {
  for (let at = 0; at < segment.length;) {
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (counts.length < 16 || at + 17 + total > segment.length)
      throw unreadable('The JPEG codestream has a Huffman table that is cut short.');
    into.set(segment[at] as number, new HuffmanTable(counts, segment.subarray(at + 17, at + 17 + total)));
    at += 17 + total;
  }
}
