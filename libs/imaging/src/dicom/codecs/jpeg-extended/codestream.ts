import { unreadable } from '../../../refuse';
import type { HuffmanTable } from '../jpeg-huffman/huffman-table';
import { readHuffmanTables } from '../jpeg-huffman/read-huffman-tables';
import { readSegment } from '../jpeg-huffman/read-segment';
import { ZIGZAG } from './tables';

/** What stands before the pixels of a sequential codestream with one component. */
export interface Codestream {
  readonly width: number;
  readonly height: number;
  readonly precision: number;
  /** In the order of the block. */
  readonly quantisation: Float64Array;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  /** Blocks between two restart markers; 0: there are none. */
  readonly restartInterval: number;
  /** Where the entropy-coded segment begins. */
  readonly start: number;
}

const SOF0 = 0xc0;
const SOF1 = 0xc1;
const DHT = 0xc4;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;

/** @throws ServingError `unreadable_image` where tables or headers are missing, or contradict themselves */
export function readCodestream(bytes: Buffer): Codestream {
  const quantisations = new Map<number, Float64Array>();
  const tables = new Map<number, HuffmanTable>();
  let frame: { width: number; height: number; precision: number; quantisation: number } | undefined;
  let restartInterval = 0;
  let at = 2;
  for (;;) {
    const { marker, content: segment, end } = readSegment(bytes, at);
    if (marker === DQT) readQuantisation(segment, quantisations);
    else if (marker === DHT) readHuffmanTables(segment, tables);
    else if (marker === DRI && segment.length >= 2) restartInterval = segment.readUInt16BE(0);
    else if (marker === SOF0 || marker === SOF1) frame = readFrame(segment);
    else if (marker === SOS) {
      const chosen = segment[2] ?? 0;
      const [dc, ac] = [tables.get(chosen >> 4), tables.get(0x10 | (chosen & 15))];
      const quantisation = frame && quantisations.get(frame.quantisation);
      if (segment[0] !== 1 || !frame || !quantisation || !dc || !ac) throw damaged();
      return { ...frame, quantisation, dc, ac, restartInterval, start: end };
    }
    at = end;
  }
}

const damaged = () => unreadable('The JPEG codestream has no usable header.');

function readFrame(segment: Buffer) {
  if (segment.length < 9 || segment[5] !== 1) throw damaged();
  return {
    precision: segment[0] as number,
    height: segment.readUInt16BE(1),
    width: segment.readUInt16BE(3),
    quantisation: segment[8] as number,
  };
}

function readQuantisation(segment: Buffer, into: Map<number, Float64Array>): void {
  for (let at = 0; at < segment.length;) {
    const head = segment[at] as number;
    const wide = head >> 4 !== 0;
    if (at + 1 + (wide ? 128 : 64) > segment.length) throw damaged();
    const table = new Float64Array(64);
    ZIGZAG.forEach((place, k) => {
      table[place] = wide ? segment.readUInt16BE(at + 1 + 2 * k) : (segment[at + 1 + k] as number);
    });
    into.set(head & 15, table);
    at += 1 + (wide ? 128 : 64);
  }
}
