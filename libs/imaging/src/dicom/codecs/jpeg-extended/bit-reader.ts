import { unreadable } from '../../../decode/refuse';

/** The bits of entropy-coded segments, without the zero bytes that are stuffed behind 0xff (T.81, F.1.2.3). */
export class BitReader {
  private current = 0;
  private left = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** @throws ServingError `unreadable_image` where a marker, or the end, stands in place of a bit */
  bit(): 0 | 1 {
    if (this.left === 0) this.fill();
    this.left -= 1;
    return ((this.current >> this.left) & 1) as 0 | 1;
  }

  /** A value of so many bits, extended by its sign (F.2.2.1). */
  signed(size: number): number {
    if (size === 0) return 0;
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 2 + this.bit();
    return value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
  }

  /** Steps over the restart marker that has to stand here; what is left of the byte before is padding. */
  restart(): void {
    this.left = 0;
    while (this.bytes[this.at] === 0xff && this.bytes[this.at + 1] === 0xff) this.at += 1;
    const marker = this.bytes[this.at + 1] ?? 0;
    if (this.bytes[this.at] !== 0xff || marker < 0xd0 || marker > 0xd7)
      throw unreadable('The JPEG codestream lacks a restart marker.');
    this.at += 2;
  }

  private fill(): void {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw unreadable('The JPEG codestream is cut short.');
    if (byte !== 0xff) this.at += 1;
    else if (this.bytes[this.at + 1] === 0) this.at += 2;
    else throw unreadable('The JPEG codestream ends before its last pixel.');
    this.current = byte;
    this.left = 8;
  }
}
