import type { RunLengthMask } from '@medserve/clinical';

/**
 * Frames of one bit a pixel, packed from the lowest bit of each byte on and without a gap between frames, also where a frame ends
 * inside of a byte (PS3.5 8.1.1, D.2).
 */
export function packBits(masks: readonly RunLengthMask[]): Buffer {
  const [first] = masks;
  const size = first === undefined ? 0 : first.width * first.height;
  const bytes = Buffer.alloc(2 * Math.ceil((masks.length * size) / 16));
  for (const [index, { counts }] of masks.entries()) {
    let at = index * size;
    for (const [run, count] of counts.entries()) {
      if (run % 2 === 1) setBits(bytes, at, at + count);
      at += count;
    }
  }
  return bytes;
}

function setBits(bytes: Buffer, from: number, to: number): void {
  const [firstWhole, lastWhole] = [Math.ceil(from / 8), Math.floor(to / 8)];
  if (firstWhole <= lastWhole) bytes.fill(0xff, firstWhole, lastWhole);
  const beforeEnd = Math.min(to, firstWhole * 8);
  for (let bit = from; bit < beforeEnd; bit += 1) setBit(bytes, bit);
  for (let bit = Math.max(lastWhole * 8, beforeEnd); bit < to; bit += 1) setBit(bytes, bit);
}

const setBit = (bytes: Buffer, bit: number): void => {
  const at = bit >>> 3;
  bytes[at] = (bytes[at] as number) | (1 << (bit & 7));
};
