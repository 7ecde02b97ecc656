import { unreadable } from '../../../refuse';
import type { JpegHeader } from '../../../raster/jpeg-header';
import { BitReader } from '../jpeg-huffman/bit-reader';
import type { HuffmanTable } from '../jpeg-huffman/huffman-table';
import { readHuffmanTables } from '../jpeg-huffman/read-huffman-tables';
import { readSegment } from '../jpeg-huffman/read-segment';
import { decodeScan } from './decode-scan';
import { readScanHeader } from './scan-header';

const SOF3 = 0xc3;
const DHT = 0xc4;
const EOI = 0xd9;
const SOS = 0xda;
const DRI = 0xdd;

/**
 * The samples of all components, by pixel: little-endian words, or bytes of up to 8 bits. Each component is in one scan, so that a
 * stream is read once and no sample is left out.
 *
 * @param header what the codestream was checked to hold, before anything is allocated for it
 * @throws ServingError `unreadable_image`
 */
export function decodeScans(bytes: Buffer, header: JpegHeader): Uint8Array {
  const { width, height, components, precision, componentIds } = header;
  const count = width * height * components;
  const out = precision > 8 ? new Uint16Array(count) : new Uint8Array(count);
  const tables = new Map<number, HuffmanTable>();
  const missing = new Set(componentIds);
  if (missing.size !== components) throw unreadable('The JPEG codestream has two components of one name.');
  let restartInterval = 0;
  let frames = 0;
  let at = 2;
  for (;;) {
    const { marker, content, end } = readSegment(bytes, at);
    at = end;
    if (marker === EOI) break;
    if (marker === SOF3) frames += 1;
    if (frames > 1) throw unreadable('The JPEG codestream has two frames.');
    if (marker === DHT) readHuffmanTables(content, tables);
    else if (marker === DRI && content.length >= 2) restartInterval = content.readUInt16BE(0);
    else if (marker === SOS) {
      const scan = readScanHeader(content, header, tables, restartInterval);
      for (const { place } of scan.components) {
        if (!missing.delete(componentIds[place] as number))
          throw unreadable('The JPEG codestream has two scans of one component.');
      }
      const bits = new BitReader(bytes, end);
      decodeScan(bits, scan, header, out);
      at = bits.nextMarker();
    }
  }
  if (missing.size > 0) throw unreadable('The JPEG codestream lacks a component.');
  return new Uint8Array(out.buffer);
}
