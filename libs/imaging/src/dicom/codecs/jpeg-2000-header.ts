import { unreadable } from '../../refuse';

export interface Jpeg2000Header {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly precision: number;
  readonly signed: boolean;
  /** Whether the codestream undoes its own component transformation, so that RGB comes out (COD, SGcod). */
  readonly componentTransform: boolean;
}

/** More tiles than any writer of medical images makes; each costs a decoder far more memory than its bytes. */
const MAX_TILES = 4096;

/** The bit of Ssiz that says that samples are signed (A.5.1, table A.11). */
const SIGNED = 0x80;

/** The bare codestream, without the JP2 boxes that some writers wrap around it against PS3.5 A.4.4. */
export function codestreamOf(coded: Buffer): Buffer {
  if (coded.length < 12 || coded.readUInt32BE(4) !== 0x6a502020) return coded;
  let at = 0;
  while (at + 8 <= coded.length) {
    const length = coded.readUInt32BE(at);
    if (coded.toString('latin1', at + 4, at + 8) === 'jp2c') {
      const skip = length === 1 ? 16 : 8;
      return coded.subarray(at + skip);
    }
    if (length < 8) break;
    at += length;
  }
  throw unreadable('The JPEG 2000 file holds no codestream.');
}

/**
 * What a JPEG 2000 codestream announces (ISO/IEC 15444-1 A.5.1, SIZ). Of its decoder one must know before it runs: a
 * 102-byte header costs gigabytes otherwise.
 *
 * @throws ServingError `unreadable_image`
 */
export function readJpeg2000Header(stream: Buffer): Jpeg2000Header {
  if (stream.length < 42 || stream.readUInt32BE(0) !== 0xff4fff51)
    throw unreadable('The JPEG 2000 codestream does not begin as one.');
  const [x1, y1, x0, y0] = [8, 12, 16, 20].map((at) => stream.readUInt32BE(at)) as [number, number, number, number];
  const [tileWidth, tileHeight, tileX, tileY] = [24, 28, 32, 36].map((at) => stream.readUInt32BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const components = stream.readUInt16BE(40);
  if (components === 0 || components > 4 || stream.length < 42 + 3 * components)
    throw unreadable('The JPEG 2000 header is damaged.');
  const [width, height] = [x1 - x0, y1 - y0];
  if (width <= 0 || height <= 0 || tileWidth === 0 || tileHeight === 0 || tileX > x0 || tileY > y0) {
    throw unreadable('The JPEG 2000 header names no size.');
  }
  if (Math.ceil((x1 - tileX) / tileWidth) * Math.ceil((y1 - tileY) / tileHeight) > MAX_TILES) {
    throw unreadable('The JPEG 2000 codestream has too many tiles.');
  }
  const depth = stream[42] ?? 0;
  for (let at = 42; at < 42 + 3 * components; at += 3) {
    if (stream[at] !== depth || stream[at + 1] !== 1 || stream[at + 2] !== 1) {
      throw unreadable('The components of the JPEG 2000 codestream differ in depth or size.');
    }
  }
  return {
    width,
    height,
    components,
    precision: (depth & 0x7f) + 1,
    signed: (depth & SIGNED) !== 0,
    componentTransform: hasComponentTransform(stream),
  };
}

/**
 * The same codestream with its samples announced as unsigned: every one of them then comes out above what it is by half the range,
 * since that is what a decoder adds to unsigned samples at its very end (G.1). Nothing else depends on the sign.
 */
export function announcedUnsigned(stream: Buffer, { components }: Jpeg2000Header): Buffer {
  const copy = Buffer.from(stream);
  for (let component = 0; component < components; component += 1) {
    const at = 42 + 3 * component;
    copy[at] = (copy[at] as number) & ~SIGNED;
  }
  return copy;
}

/** Reads SGcod of the COD marker segment in the main header (A.6.1). */
function hasComponentTransform(stream: Buffer): boolean {
  let at = 2;
  while (at + 9 <= stream.length) {
    const marker = stream.readUInt16BE(at);
    if (marker === 0xff52) return stream[at + 8] === 1;
    if (marker === 0xff90) return false;
    at += 2 + stream.readUInt16BE(at + 2);
  }
  return false;
}
