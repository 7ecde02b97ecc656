import type { Samples } from '@medserve/clinical';
import { unreadable } from '../refuse';
import type { DataSet } from './data-set';
import { expandSegments } from './segmented-palette';
import { TAG } from './tags';

interface ChannelTags {
  readonly descriptor: number;
  readonly data: number;
  readonly segmented: number;
}

const CHANNEL_TAGS: readonly ChannelTags[] = [
  { descriptor: TAG.redPaletteDescriptor, data: TAG.redPaletteData, segmented: TAG.segmentedRedPaletteData },
  { descriptor: TAG.greenPaletteDescriptor, data: TAG.greenPaletteData, segmented: TAG.segmentedGreenPaletteData },
  { descriptor: TAG.bluePaletteDescriptor, data: TAG.bluePaletteData, segmented: TAG.segmentedBluePaletteData },
];

/** An indirect segment of 16 bits, that may stand for one entry: what is longer by entry has too many of them. */
const MAX_SEGMENT_BYTES = 8;

interface Palette {
  /** The stored value that the first entry is for; values beyond the ends take the end's entry. */
  readonly first: number;
  /** 8-bit entries; of 16-bit ones the upper byte. */
  readonly entries: Uint8Array;
}

/** PALETTE COLOR (PS3.3 C.7.6.3.1.5, .6, in segments C.7.9.2) as interleaved RGB with 8 bits. */
export function applyPalette(dataSet: DataSet, samples: Samples, signed: boolean): Uint8Array {
  const palettes = CHANNEL_TAGS.map((tags) => readPalette(dataSet, tags, signed));
  const out = new Uint8Array(3 * samples.length);
  palettes.forEach(({ first, entries }, channel) => {
    const last = entries.length - 1;
    for (let index = 0, to = channel; index < samples.length; index += 1, to += 3) {
      const entry = (samples[index] ?? 0) - first;
      out[to] = entries[entry < 0 ? 0 : entry > last ? last : entry] ?? 0;
    }
  });
  return out;
}

function readPalette(dataSet: DataSet, tags: ChannelTags, signed: boolean): Palette {
  const [count, rawFirst, bits] = [0, 1, 2].map((index) => dataSet.uint16(tags.descriptor, index));
  const { littleEndian } = dataSet;
  const [data, segmented] = [tags.data, tags.segmented].map((tag) =>
    dataSet.has(tag) ? dataSet.elements.get(tag) : undefined,
  );
  if (count === undefined || bits === undefined || rawFirst === undefined) {
    throw unreadable('The colour palette is missing, or not described.');
  }
  const length = count === 0 ? 65536 : count;
  const first = signed ? (rawFirst << 16) >> 16 : rawFirst;
  if (data !== undefined) {
    return { first, entries: plainEntries(dataSet.value(data), length, { bits, littleEndian }) };
  }
  if (segmented === undefined) throw unreadable('The colour palette is missing.');
  const values = dataSet.value(segmented).subarray(0, length * MAX_SEGMENT_BYTES + 1);
  const element = `(0028,${(tags.segmented & 0xffff).toString(16)})`;
  const units = bits > 8 ? wordsOf(values, littleEndian) : bytesOf(values, littleEndian);
  return { first, entries: Uint8Array.from(expandSegments({ data: units, element }, length), upperByte(bits)) };
}

function plainEntries(
  bytes: Buffer,
  length: number,
  { bits, littleEndian }: { bits: number; littleEndian: boolean },
): Uint8Array {
  const isPacked = bits === 8 && bytes.length < 2 * length;
  if (bytes.length < (isPacked ? length : 2 * length)) throw unreadable('The colour palette is shorter than it says.');
  if (isPacked) return bytesOf(bytes, littleEndian).subarray(0, length);
  return Uint8Array.from(wordsOf(bytes.subarray(0, 2 * length), littleEndian), upperByte(bits));
}

/** Of an entry of 16 bits the upper byte. */
const upperByte =
  (bits: number) =>
  (entry: number): number =>
    bits > 8 ? entry >> 8 : entry & 0xff;

/** Values of 8 bits are packed two a word; the byte order of the file decides which comes first. */
const bytesOf = (packed: Buffer, littleEndian: boolean): Uint8Array =>
  littleEndian ? packed : Uint8Array.from(packed, (byte, index) => packed[index ^ 1] ?? byte);

const wordsOf = (bytes: Buffer, littleEndian: boolean): Uint16Array =>
  Uint16Array.from({ length: bytes.length >> 1 }, (_, index) =>
    littleEndian ? bytes.readUInt16LE(2 * index) : bytes.readUInt16BE(2 * index),
  );
