import { unreadable } from '../../../refuse';
import type { BitReader } from './bit-reader';

const LONGEST = 16;
/** Codes of up to so many bits, which nearly all are, are looked up at once. */
const SHORT = 9;

/** One Huffman table (T.81, annex C). Codes that are not short are found as in F.2.2.3: by the largest code of each length. */
export class HuffmanTable {
  private readonly largest = new Int32Array(LONGEST + 1).fill(-1);
  private readonly offset = new Int32Array(LONGEST + 1);
  /** By the next bits: length of the code and its value; 0: it is longer. */
  private readonly short = new Uint16Array(1 << SHORT);

  /**
   * @param counts codes of length 1 to 16
   * @param values in the order of their codes
   * @throws ServingError `unreadable_image` for more codes than fit
   */
  constructor(
    counts: Uint8Array,
    private readonly values: Uint8Array,
  ) {
    let [code, at] = [0, 0];
    for (let length = 1; length <= LONGEST; length++) {
      const count = counts[length - 1] as number;
      if (code + count > 2 ** length) throw unreadable('The JPEG codestream has an impossible Huffman table.');
      this.offset[length] = at - code;
      if (length <= SHORT) this.lookUp(length, code, values.subarray(at, at + count));
      code += count;
      at += count;
      if (count > 0) this.largest[length] = code - 1;
      code *= 2;
    }
  }

  /** The next value. @throws ServingError `unreadable_image` for bits that are no code */
  next(bits: BitReader): number {
    const ahead = bits.ahead();
    const found = this.short[ahead >> (16 - SHORT)] as number;
    if (found !== 0) {
      bits.skip(found >> 8);
      return found & 255;
    }
    return this.nextLong(bits, ahead);
  }

  private nextLong(bits: BitReader, ahead: number): number {
    for (let length = SHORT + 1; length <= LONGEST; length++) {
      const code = ahead >> (LONGEST - length);
      if (code > (this.largest[length] as number)) continue;
      bits.skip(length);
      return this.values[code + (this.offset[length] as number)] as number;
    }
    throw unreadable('The JPEG codestream holds bits that are no code.');
  }

  private lookUp(length: number, first: number, values: Uint8Array): void {
    const each = 1 << (SHORT - length);
    values.forEach((value, index) => {
      this.short.fill((length << 8) | value, (first + index) * each, (first + index + 1) * each);
    });
  }
}
