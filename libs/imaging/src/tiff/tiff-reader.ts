import { isUtf8 } from 'node:buffer';
import { unreadable } from '../refuse';

/** Field types of TIFF 6.0 and BigTIFF that are read, and their sizes. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 13: 4, 16: 8, 18: 8 };
const [ASCII, SHORT, LONG, RATIONAL, IFD, LONG8, IFD8] = [2, 3, 4, 5, 13, 16, 18];
const MOST_ENTRIES = 4096;
/** Values of one field that are looked at: sizes, bits, offsets of sub-directories. */
const MOST_VALUES = 64;
const MOST_TEXT = 65_536;

/** One image file directory: numbers by tag, and the texts. */
export interface Directory {
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  readonly texts: ReadonlyMap<number, string>;
  /** Where the next one stands; 0: this is the last. */
  readonly next: number;
}

/** Reads directories of a TIFF or BigTIFF, of either byte order. Nothing that the file claims is believed beyond its bytes. */
export class TiffReader {
  readonly first: number;
  private readonly little: boolean;
  private readonly big: boolean;

  /** @throws ServingError `unreadable_image` */
  constructor(private readonly bytes: Buffer) {
    this.little = bytes.length > 0 && bytes[0] === 0x49;
    this.big = this.u16(2) === 43;
    this.first = this.big ? this.u64(8) : this.u32(4);
  }

  /** @throws ServingError `unreadable_image` */
  directory(at: number): Directory {
    const count = this.big ? this.u64(at) : this.u16(at);
    if (count < 1 || count > MOST_ENTRIES) throw damaged();
    const [head, size] = this.big ? [8, 20] : [2, 12];
    const numbers = new Map<number, readonly number[]>();
    const texts = new Map<number, string>();
    for (let index = 0; index < count; index++) {
      const entry = at + head + index * size;
      const [tag, type] = [this.u16(entry), this.u16(entry + 2)];
      const length = this.big ? this.u64(entry + 4) : this.u32(entry + 4);
      const bytes = (SIZES[type] ?? 0) * length;
      if (bytes === 0) continue;
      const inline = entry + (this.big ? 12 : 8);
      const from = bytes <= (this.big ? 8 : 4) ? inline : this.big ? this.u64(inline) : this.u32(inline);
      if (type === ASCII) texts.set(tag, this.text(from, Math.min(length, MOST_TEXT)));
      else numbers.set(tag, this.values(type, from, Math.min(length, MOST_VALUES)));
    }
    const behind = at + head + count * size;
    return { numbers, texts, next: this.big ? this.u64(behind) : this.u32(behind) };
  }

  private values(type: number, from: number, count: number): readonly number[] {
    return Array.from({ length: count }, (_, index) => {
      const at = from + index * (SIZES[type] as number);
      if (type === SHORT) return this.u16(at);
      if (type === LONG || type === IFD) return this.u32(at);
      if (type === LONG8 || type === IFD8) return this.u64(at);
      if (type === RATIONAL) return this.u32(at) / this.u32(at + 4);
      this.check(at, 1);
      return this.bytes[at] as number;
    });
  }

  private text(from: number, length: number): string {
    this.check(from, length);
    const text = this.bytes.subarray(from, from + length);
    // ASCII by TIFF 6.0; OME writes UTF-8, others a Latin-1 micro sign.
    return text.toString(isUtf8(text) ? 'utf8' : 'latin1').replace(/\0.*$/s, '');
  }

  private u16(at: number): number {
    this.check(at, 2);
    return this.little ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  private u32(at: number): number {
    this.check(at, 4);
    return this.little ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  private u64(at: number): number {
    this.check(at, 8);
    const value = Number(this.little ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at));
    if (!Number.isSafeInteger(value)) throw damaged();
    return value;
  }

  private check(at: number, length: number): void {
    if (at < 0 || at + length > this.bytes.length) throw damaged();
  }
}

const damaged = () => unreadable('The TIFF is cut short, or its directory is damaged.');
