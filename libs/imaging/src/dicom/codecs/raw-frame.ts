import type { Photometric, PixelFormat } from '../pixel-format';

/** One frame as stored words: what every codec makes of its codestream, before sign, colour and padding are resolved. */
export interface RawFrame {
  /** Little-endian words, row by row. May be shared with a file or a codec: it is read at once and never kept. */
  readonly bytes: Uint8Array;
  /** In `bytes`, where the first sample's first bit is; above 0 only of one-bit images. */
  readonly bit: number;
  readonly bitsAllocated: PixelFormat['bitsAllocated'];
  readonly bitsStored: number;
  readonly highBit: number;
  readonly planar: boolean;
  /** What the samples mean now; a codec that undoes a colour transformation says `RGB`. */
  readonly photometric: Photometric;
}

/** A frame as a codec returns it: interleaved, the stored bits at the low end of each word. */
export function codedFrame(bytes: Uint8Array, precision: number, photometric: Photometric): RawFrame {
  const bitsAllocated = precision > 16 ? 32 : precision > 8 ? 16 : 8;
  return { bytes, bit: 0, bitsAllocated, bitsStored: precision, highBit: precision - 1, planar: false, photometric };
}

/**
 * A frame of a codec that has whole words coded as they are: where they are as wide as the header allocates, it is the header that says
 * which of their bits are stored, as of native pixels. Old overlays may lie beside them.
 */
export function wordsFrame(
  bytes: Uint8Array,
  precision: number,
  { bitsAllocated, bitsStored, highBit, photometric }: PixelFormat,
): RawFrame {
  const frame = codedFrame(bytes, precision, photometric);
  return precision === bitsAllocated ? { ...frame, bitsStored, highBit } : frame;
}
