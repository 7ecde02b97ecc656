import type { Samples } from '@medserve/clinical';
import { unreadable } from '../decode/refuse';
import type { DataSet } from './data-set';
import { TAG } from './tags';

const CHANNEL_TAGS = [
  [TAG.redPaletteDescriptor, TAG.redPaletteData],
  [TAG.greenPaletteDescriptor, TAG.greenPaletteData],
  [TAG.bluePaletteDescriptor, TAG.bluePaletteData],
] as const;

interface Palette {
  /** The stored value that the first entry is for; values beyond the ends take the end's entry. */
  readonly first: number;
  /** 8-bit entries; of 16-bit ones the upper byte. */
  readonly entries: Uint8Array;
}

/** PALETTE COLOR (PS3.3 C.7.6.3.1.5, .6) as interleaved RGB with 8 bits. */
export function applyPalette(dataSet: DataSet, samples: Samples, signed: boolean): Uint8Array {
  const palettes = CHANNEL_TAGS.map(([descriptor, data]) => readPalette(dataSet, descriptor, data, signed));
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

function readPalette(dataSet: DataSet, descriptorTag: number, dataTag: number, signed: boolean): Palette {
  const data = dataSet.elements.get(dataTag);
  const [count, bits] = [dataSet.uint16(descriptorTag, 0), dataSet.uint16(descriptorTag, 2)];
  const rawFirst = dataSet.uint16(descriptorTag, 1);
  if (count === undefined || bits === undefined || rawFirst === undefined || data === undefined) {
    throw unreadable('The colour palette is missing, or given in segments, which are not read here.');
  }
  const length = count === 0 ? 65536 : count;
  const first = signed ? (rawFirst << 16) >> 16 : rawFirst;
  const bytes = dataSet.value(data);
  const isPacked = bits === 8 && bytes.length < 2 * length;
  if (bytes.length < (isPacked ? length : 2 * length)) throw unreadable('The colour palette is shorter than it says.');
  const entries = new Uint8Array(length);
  for (let index = 0; index < length; index += 1)
    entries[index] = entryAt(bytes, index, { isPacked, bits, littleEndian: dataSet.littleEndian });
  return { first, entries };
}

/** Entries of 8 bits are packed two a word; the byte order of the file decides which comes first. */
function entryAt(
  bytes: Buffer,
  index: number,
  { isPacked, bits, littleEndian }: { isPacked: boolean; bits: number; littleEndian: boolean },
): number {
  if (isPacked) return bytes[littleEndian ? index : index ^ 1] ?? 0;
  const word = littleEndian ? bytes.readUInt16LE(2 * index) : bytes.readUInt16BE(2 * index);
  return bits > 8 ? word >> 8 : word & 0xff;
}
