import { isUid } from './is-uid';
import { withoutPadding } from './padding';

/** One element of a data set; the value stays in the file's bytes until it is asked for. */
export interface Element {
  readonly tag: number;
  /** Absent in implicit VR. */
  readonly vr: string | undefined;
  readonly offset: number;
  /** In bytes; of an encapsulated element, what its fragments span. */
  readonly length: number;
  /** Items of a sequence that was entered. */
  readonly items?: readonly DataSet[];
  /** Fragments of encapsulated pixel data, without the offset table. */
  readonly fragments?: readonly Span[];
  /** The basic offset table of encapsulated pixel data (PS3.5 A.4); empty where the file has an empty one. */
  readonly offsetTable?: readonly number[];
}

export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Values longer than this are never text that is asked for here. */
const MAX_TEXT_BYTES = 64 * 1024;

/**
 * Read access to the elements of one data set or sequence item. A value that is absent, empty or of the wrong shape is
 * `undefined`: whoever needs it says so.
 */
export class DataSet {
  readonly elements = new Map<number, Element>();

  constructor(
    readonly bytes: Buffer,
    readonly littleEndian: boolean,
  ) {}

  has(tag: number): boolean {
    return (this.elements.get(tag)?.length ?? 0) > 0;
  }

  /** The value's text, trimmed of its padding, before splitting at backslashes; bytes above 127 as Latin-1. */
  text(tag: number): string | undefined {
    const element = this.elements.get(tag);
    if (element === undefined || element.length === 0 || element.length > MAX_TEXT_BYTES || element.items)
      return undefined;
    const text = withoutPadding(
      this.bytes.toString('latin1', element.offset, element.offset + element.length),
    ).trimStart();
    return text === '' ? undefined : text;
  }

  /** A code string (PS3.5 6.2, CS) or undefined when the value holds anything that a code string may not. */
  code(tag: number, index = 0): string | undefined {
    const value = this.text(tag)?.split('\\')[index]?.trim();
    return value !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(value) ? value : undefined;
  }

  uid(tag: number): string | undefined {
    const value = this.text(tag);
    return value !== undefined && isUid(value) ? value : undefined;
  }

  /** Decimal or integer strings (DS, IS), all of them finite; undefined when one is not. */
  decimals(tag: number): number[] | undefined {
    const parts = this.text(tag)?.split('\\');
    if (parts === undefined) return undefined;
    const values = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    return values.every(Number.isFinite) ? values : undefined;
  }

  /** The first of `decimals`. */
  decimal(tag: number): number | undefined {
    return this.decimals(tag)?.[0];
  }

  /** A US value, or the two bytes of an SS value unsigned. */
  uint16(tag: number, index = 0): number | undefined {
    const element = this.elements.get(tag);
    if (element === undefined || element.length < 2 * (index + 1)) return undefined;
    const at = element.offset + 2 * index;
    return this.littleEndian ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  /** A UL value. */
  uint32(tag: number): number | undefined {
    const element = this.elements.get(tag);
    if (element === undefined || element.length < 4) return undefined;
    return this.littleEndian ? this.bytes.readUInt32LE(element.offset) : this.bytes.readUInt32BE(element.offset);
  }

  /** An SL value. */
  int32(tag: number): number | undefined {
    const value = this.uint32(tag);
    return value === undefined ? undefined : value | 0;
  }

  /** A "US or SS" value, signed as the pixels are (PS3.3 C.7.6.3). */
  pixelValue(tag: number, signed: boolean): number | undefined {
    const value = this.uint16(tag);
    return value !== undefined && signed ? (value << 16) >> 16 : value;
  }

  doubles(tag: number): number[] | undefined {
    const element = this.elements.get(tag);
    if (element === undefined || element.length < 8 || element.length > MAX_TEXT_BYTES) return undefined;
    return Array.from({ length: Math.floor(element.length / 8) }, (_, index) => {
      const at = element.offset + 8 * index;
      return this.littleEndian ? this.bytes.readDoubleLE(at) : this.bytes.readDoubleBE(at);
    });
  }

  items(tag: number): readonly DataSet[] {
    return this.elements.get(tag)?.items ?? [];
  }

  /** The bytes of a value, shared with the file. */
  value(element: Span): Buffer {
    return this.bytes.subarray(element.offset, element.offset + element.length);
  }
}
