import { unreadable } from '../../../decode/refuse';
import type { BitReader } from './bit-reader';

const LONGEST = 16;

/** One Huffman table (T.81, annex C), decoded as in F.2.2.3: by the largest code of each length. */
export class HuffmanTable {
  private readonly largest = new Int32Array(LONGEST + 1).fill(-1);
  private readonly offset = new Int32Array(LONGEST + 1);

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
      code += count;
      at += count;
      if (count > 0) this.largest[length] = code - 1;
      code *= 2;
    }
  }

  /** The next value. @throws ServingError `unreadable_image` for bits that are no code */
  next(bits: BitReader): number {
    let code = 0;
    for (let length = 1; length <= LONGEST; length++) {
      code = code * 2 + bits.bit();
      if (code <= (this.largest[length] as number))
        return this.values[code + (this.offset[length] as number)] as number;
    }
    throw unreadable('The JPEG codestream holds bits that are no code.');
  }
}
