import { unreadable } from '../../../refuse';

/**
 * The bits of entropy-coded segments, without the zero bytes that are stuffed behind 0xff (T.81, F.1.2.3). It reads ahead by whole
 * bytes, and never past a marker.
 */
export class BitReader {
  /** Its lowest `left` bits are the next ones. */
  private word = 0;
  private left = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** The next 16 bits, which stay where they are; zeros stand for what is behind the end of the segment. */
  ahead(): number {
    if (this.left < 16) this.fill();
    return this.left < 16 ? (this.word << (16 - this.left)) & 0xffff : (this.word >>> (this.left - 16)) & 0xffff;
  }

  /** @throws ServingError `unreadable_image` where a marker, or the end, stands in place of one of so many bits */
  skip(count: number): void {
    if (count > this.left) throw this.ended();
    this.left -= count;
  }

  /** A value of up to 16 bits, extended by its sign (F.2.2.1). @throws as `skip` does */
  signed(size: number): number {
    if (size === 0) return 0;
    if (this.left < size) this.fill();
    this.skip(size);
    const value = (this.word >>> this.left) & ((1 << size) - 1);
    return value >> (size - 1) === 0 ? value - (1 << size) + 1 : value;
  }

  /** Steps over the restart marker that has to stand here; what is left of the byte before is padding. */
  restart(): void {
    while (this.bytes[this.at] === 0xff && this.bytes[this.at + 1] === 0xff) this.at += 1;
    const marker = this.bytes[this.at + 1] ?? 0;
    if (this.left > 7 || this.bytes[this.at] !== 0xff || !isRestart(marker))
      throw unreadable('The JPEG codestream lacks a restart marker.');
    this.at += 2;
    this.left = 0;
  }

  /** Where the marker begins that ends the scan. Bytes that some encoders leave before it, and a last restart marker, are skipped. */
  nextMarker(): number {
    let { at } = this;
    for (; at < this.bytes.length; at++) {
      const marker = this.bytes[at + 1] ?? 0;
      if (this.bytes[at] === 0xff && marker !== 0 && marker !== 0xff && !isRestart(marker)) break;
    }
    return at;
  }

  private fill(): void {
    while (this.left <= 24) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return;
      if (byte !== 0xff) this.at += 1;
      else if (this.bytes[this.at + 1] === 0) this.at += 2;
      else return;
      this.word = (this.word << 8) | byte;
      this.left += 8;
    }
  }

  private ended(): Error {
    return unreadable(
      this.at < this.bytes.length
        ? 'The JPEG codestream ends before its last pixel.'
        : 'The JPEG codestream is cut short.',
    );
  }
}

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
