import { unreadable } from '../refuse';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** Without alpha; a palette counts as colour. */
  readonly channels: 1 | 3;
  readonly animated: boolean;
}

const COLOUR_TYPES: Readonly<Record<number, 1 | 3>> = { 0: 1, 2: 3, 3: 3, 4: 1, 6: 3 };

/**
 * What a PNG claims about itself (W3C PNG 11.2.2), without decoding: the header chunk, and whether an animation control
 * chunk stands before the pixels.
 *
 * @throws ServingError `unreadable_image`
 */
export function readPngHeader(bytes: Buffer): PngHeader {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR')
    throw unreadable('The PNG is cut short or has no header.');
  const channels = COLOUR_TYPES[bytes[25] ?? -1];
  const [width, height, depth] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24] ?? 0];
  if (channels === undefined || width === 0 || height === 0) throw unreadable('The PNG header is damaged.');
  return { width, height, depth, channels, animated: hasChunkBeforePixels(bytes, 'acTL') };
}

function hasChunkBeforePixels(bytes: Buffer, wanted: string): boolean {
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === wanted) return true;
    if (type === 'IDAT') break;
  }
  return false;
}
