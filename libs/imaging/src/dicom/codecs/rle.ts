import { unreadable } from '../../refuse';
import type { PixelFormat } from '../pixel-format';
import type { RawFrame } from './raw-frame';

const HEADER_BYTES = 64;

/**
 * RLE Lossless (PS3.5 annex G): one PackBits segment for each byte of each sample, most significant byte first.
 * The output is as large as rows, columns and samples say, whatever the segments hold.
 */
export function decodeRle(coded: Buffer, format: PixelFormat): RawFrame {
  const { rows, columns, channels, bitsAllocated } = format;
  const bytesPerSample = bitsAllocated / 8;
  const segments = channels * bytesPerSample;
  if (coded.length < HEADER_BYTES || coded.readUInt32LE(0) !== segments || segments > 15) {
    throw unreadable('The RLE header does not fit the samples per pixel and bits allocated.');
  }
  const stride = segments;
  const bytes = new Uint8Array(rows * columns * stride);
  for (let segment = 0; segment < segments; segment += 1) {
    const start = coded.readUInt32LE(4 + 4 * segment);
    const end = segment + 1 < segments ? coded.readUInt32LE(8 + 4 * segment) : coded.length;
    if (start < HEADER_BYTES || end < start || end > coded.length)
      throw unreadable('The RLE segment offsets are damaged.');
    const sample = Math.floor(segment / bytesPerSample);
    const byteOfSample = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(coded.subarray(start, end), bytes, sample * bytesPerSample + byteOfSample, stride);
  }
  const { bitsStored, highBit, photometric } = format;
  return { bytes, bit: 0, bitsAllocated, bitsStored, highBit, planar: false, photometric };
}

/** PackBits into every `stride`-th byte of `target`. */
function unpack(segment: Buffer, target: Uint8Array, first: number, stride: number): void {
  let from = 0;
  let to = first;
  while (to < target.length) {
    const head = segment[from];
    if (head === undefined) throw unreadable('An RLE segment ends before its pixels do.');
    from += 1;
    if (head === 128) continue;
    const isRun = head > 128;
    const count = isRun ? 257 - head : head + 1;
    if (from + (isRun ? 1 : count) > segment.length) throw unreadable('An RLE segment ends before its pixels do.');
    for (let index = 0; index < count && to < target.length; index += 1, to += stride) {
      target[to] = segment[isRun ? from : from + index] ?? 0;
    }
    from += isRun ? 1 : count;
  }
}
