import { unreadable } from '../../../refuse';
import { BitReader } from '../jpeg-huffman/bit-reader';
import { readCodestream, type Codestream } from './codestream';
import { inverseDct } from './inverse-dct';
import { ZIGZAG } from './tables';

/** What the codestream was checked to hold, before anything is allocated for it. */
type Frame = Pick<Codestream, 'width' | 'height' | 'precision'>;

/**
 * Decodes a sequential Huffman codestream with one component and up to 12 bits (ITU-T T.81, processes 2 and 4), of which
 * libjpeg-turbo as it is published for JavaScript reads 8 only. The transform is done in double precision, so a sample differs from
 * another decoder's by its rounding.
 *
 * @returns `width * height` samples as little-endian words
 * @throws ServingError `unreadable_image`
 */
export function decodeJpegExtended(bytes: Buffer, { width, height, precision }: Frame): Uint8Array {
  const codestream = readCodestream(bytes);
  const { restartInterval, start } = codestream;
  if (codestream.width !== width || codestream.height !== height || codestream.precision !== precision)
    throw unreadable('The JPEG codestream has two frames.');
  if (precision < 8 || precision > 12) throw unreadable(`A sequential JPEG of ${String(precision)} bits is not read.`);
  const out = new Uint16Array(width * height);
  const bits = new BitReader(bytes, start);
  const block = new Float64Array(64);
  const across = Math.ceil(width / 8);
  const count = across * Math.ceil(height / 8);
  let predicted = 0;
  for (let index = 0; index < count; index++) {
    if (restartInterval > 0 && index > 0 && index % restartInterval === 0) {
      bits.restart();
      predicted = 0;
    }
    predicted = readBlock(bits, codestream, predicted, block);
    inverseDct(block);
    place(block, out, codestream, (index % across) * 8, Math.floor(index / across) * 8);
  }
  return new Uint8Array(out.buffer);
}

/** One block, dequantised (T.81, F.2.2). @returns its DC coefficient, which predicts the next one */
function readBlock(
  bits: BitReader,
  { dc, ac, quantisation }: Codestream,
  predicted: number,
  block: Float64Array,
): number {
  block.fill(0);
  const first = predicted + bits.signed(sizeOf(dc.next(bits)));
  block[0] = first * (quantisation[0] as number);
  for (let k = 1; k < 64; k++) {
    const symbol = ac.next(bits);
    const [run, size] = [symbol >> 4, symbol & 15];
    if (size === 0) {
      if (run !== 15) break;
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw unreadable('The JPEG codestream has a block of more than 64 coefficients.');
    const at = ZIGZAG[k] as number;
    block[at] = bits.signed(size) * (quantisation[at] as number);
  }
  return first;
}

/** @throws ServingError `unreadable_image` for a coefficient of more bits than 12-bit samples have */
function sizeOf(symbol: number): number {
  if (symbol > 15) throw unreadable('The JPEG codestream has a coefficient that is too large.');
  return symbol;
}

function place(
  block: Float64Array,
  out: Uint16Array,
  { width, height, precision }: Codestream,
  left: number,
  top: number,
): void {
  const [middle, most] = [2 ** (precision - 1), 2 ** precision - 1];
  for (let y = 0; y < 8 && top + y < height; y++) {
    for (let x = 0; x < 8 && left + x < width; x++) {
      const value = Math.round((block[y * 8 + x] as number) + middle);
      out[(top + y) * width + left + x] = value < 0 ? 0 : value > most ? most : value;
    }
  }
}
