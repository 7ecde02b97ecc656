import type { DecodeLimits } from '../limits';
import { tooLarge, unreadable } from '../refuse';
import { DataSet, type Element, type Span } from './data-set';
import { vrOf } from './dictionary/dictionary';
import { ENTERED_SEQUENCES, TAG } from './tags';

export interface Encoding {
  readonly implicitVr: boolean;
  readonly littleEndian: boolean;
}

/** How deep and how far a data set is read. */
export interface Reach {
  /** Whether the items of a sequence of defined length are read; those of undefined length always are. */
  readonly enters: (tag: number, vr: string | undefined) => boolean;
  /** Whether what stands behind the pixel data is read, too. */
  readonly wholly: boolean;
  /** Whether the pixel data is left out: the bytes may end inside of it. */
  readonly beforePixels?: boolean;
}

/** What decoding needs: the pixels, and the few sequences that say what they are, also where a node between passed them on as UN. */
const FOR_PIXELS: Reach = { enters: (tag) => ENTERED_SEQUENCES.has(tag), wholly: false };

/** What describes the pixels, without them. */
export const HEADER: Reach = { ...FOR_PIXELS, beforePixels: true };

/** All that a data set holds. A sequence of unknown VR and defined length stays bytes: nothing says that it is one. */
export const ALL_ELEMENTS: Reach = { enters: (tag, vr) => (vr ?? vrOf(tag)) === 'SQ', wholly: true };

const UNDEFINED_LENGTH = 0xffffffff;
/** Of a sequence of unknown VR, whatever surrounds it (PS3.5 6.2.2). */
const OF_UNKNOWN: Encoding = { implicitVr: true, littleEndian: true };
/** The tag of an item (FFFE,E000) as one word. */
const ITEM_LITTLE_ENDIAN = 0xe000fffe;
/** VRs with a 32-bit length after two reserved bytes (PS3.5 table 7.1-1). */
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** Where the reader stands: inside a data set (the root or an item) or between the items of a sequence. */
type Level =
  | {
      readonly kind: 'data-set';
      readonly into: DataSet;
      readonly end: number;
      readonly delimited: boolean;
      readonly encoding: Encoding;
    }
  | {
      readonly kind: 'sequence';
      readonly into: DataSet[];
      readonly end: number;
      readonly delimited: boolean;
      readonly encoding: Encoding;
    };

/**
 * Reads a data set (PS3.5 section 7) from `start`, by default up to and including its pixel data: decoding never needs what
 * stands behind. Keeps its own stack, so that depth is a number with a limit and not the machine's stack, and copies no value: time and
 * memory are in the number of elements, which has a limit too.
 *
 * @throws ServingError `unreadable_image` when an element does not fit its container; `too_large` past a limit.
 */
export function readDataSet(
  bytes: Buffer,
  start: number,
  encoding: Encoding,
  limits: DecodeLimits,
  reach: Reach = FOR_PIXELS,
): DataSet {
  return new Reader(bytes, start, encoding, limits, reach).read();
}

class Reader {
  private position: number;
  /** Of the level that is read. */
  private littleEndian: boolean;
  private elements = 0;
  private readonly stack: Level[] = [];

  constructor(
    private readonly bytes: Buffer,
    start: number,
    private readonly encoding: Encoding,
    private readonly limits: DecodeLimits,
    private readonly reach: Reach,
  ) {
    this.position = start;
    this.littleEndian = encoding.littleEndian;
  }

  read(): DataSet {
    const { bytes, encoding } = this;
    const root = new DataSet(bytes, encoding.littleEndian);
    this.stack.push({ kind: 'data-set', into: root, end: bytes.length, delimited: false, encoding });
    for (let level = this.stack.at(-1); level !== undefined; level = this.stack.at(-1)) {
      this.littleEndian = level.encoding.littleEndian;
      if (this.reach.beforePixels === true && this.isAtPixels()) break;
      if (this.position >= level.end || this.isSlack(level)) {
        if (level.delimited) throw unreadable('The DICOM object is cut short inside a sequence.');
        this.stack.pop();
      } else if (level.kind === 'sequence') {
        this.readItem(level);
      } else {
        this.readElement(level);
      }
      if (!this.reach.wholly && root.elements.has(TAG.pixelData)) break;
    }
    return root;
  }

  private isAtPixels(): boolean {
    if (this.stack.length > 1 || this.bytes.length - this.position < 4) return false;
    const before = this.position;
    const tag = this.tag();
    this.position = before;
    return tag === TAG.pixelData || tag === TAG.floatPixelData || tag === TAG.doubleFloatPixelData;
  }

  /** Fewer bytes than an element's head at the very end of the file are padding of some writers. */
  private isSlack(level: Level): boolean {
    return this.stack.length === 1 && level.end - this.position < 8;
  }

  private readItem(level: Level & { kind: 'sequence' }): void {
    this.count();
    const tag = this.tag();
    const length = this.uint32();
    if (tag === TAG.sequenceDelimitation) {
      this.stack.pop();
      return;
    }
    if (tag !== TAG.item) throw unreadable('A DICOM sequence holds something that is no item.');
    const delimited = length === UNDEFINED_LENGTH;
    const { encoding } = level;
    const item = new DataSet(this.bytes, encoding.littleEndian);
    level.into.push(item);
    const end = delimited ? level.end : this.endOf(length, level.end);
    this.push({ kind: 'data-set', into: item, end, delimited, encoding });
  }

  private readElement(level: Level & { kind: 'data-set' }): void {
    this.count();
    const tag = this.tag();
    if (tag === TAG.itemDelimitation) {
      this.uint32();
      if (!level.delimited) throw unreadable('A DICOM sequence ends where none began.');
      this.stack.pop();
      return;
    }
    const { vr, length } = this.head(level.encoding.implicitVr);
    if (length === UNDEFINED_LENGTH) {
      // Icons inside of sequences are compressed like the image, and say so by their VR.
      if (tag === TAG.pixelData && (this.stack.length === 1 || vr === 'OB' || vr === 'OW')) {
        level.into.elements.set(tag, this.readFragments(vr));
        return;
      }
      this.enter(level, tag, vr, level.end, true);
      return;
    }
    const end = this.endOf(length, level.end);
    if (this.reach.enters(tag, vr) && (vr !== 'UN' || this.isAtItem(end))) {
      this.enter(level, tag, vr, end, false);
      return;
    }
    level.into.elements.set(tag, { tag, vr, offset: this.position, length });
    this.position = end;
  }

  private enter(
    level: Level & { kind: 'data-set' },
    tag: number,
    vr: string | undefined,
    end: number,
    delimited: boolean,
  ): void {
    const items: DataSet[] = [];
    level.into.elements.set(tag, { tag, vr, offset: this.position, length: end - this.position, items });
    this.push({ kind: 'sequence', into: items, end, delimited, encoding: vr === 'UN' ? OF_UNKNOWN : level.encoding });
  }

  /** Whether what is of unknown VR holds items, so that it can be what its tag says. */
  private isAtItem(end: number): boolean {
    return end - this.position >= 8 && this.bytes.readUInt32LE(this.position) === ITEM_LITTLE_ENDIAN;
  }

  private push(level: Level): void {
    // The root is one level, a sequence and its item are two.
    if ((this.stack.length - 1) / 2 >= this.limits.maxNesting) {
      throw tooLarge('DICOM sequences are nested too deeply.', 'nesting', this.limits.maxNesting, 'levels');
    }
    this.stack.push(level);
  }

  /** An element's VR and length. A VR of anything but two capitals is how some writers spell "unknown": implicit form. */
  private head(implicitVr: boolean): { vr: string | undefined; length: number } {
    if (implicitVr) return { vr: undefined, length: this.uint32() };
    this.need(4);
    const vr = this.bytes.toString('latin1', this.position, this.position + 2);
    if (!/^[A-Z]{2}$/.test(vr)) return { vr: undefined, length: this.uint32() };
    if (LONG_VRS.has(vr)) {
      this.position += 4;
      return { vr, length: this.uint32() };
    }
    const at = this.position + 2;
    this.position += 4;
    return { vr, length: this.littleEndian ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at) };
  }

  /** Encapsulated pixel data (PS3.5 A.4): an offset table and fragments, closed by a delimiter that some writers forget. */
  private readFragments(vr: string | undefined): Element {
    const offset = this.position;
    const items: Span[] = [];
    while (this.position < this.bytes.length) {
      this.count();
      const tag = this.tag();
      const length = this.uint32();
      if (tag === TAG.sequenceDelimitation) break;
      if (tag !== TAG.item || length === UNDEFINED_LENGTH) throw unreadable('The encapsulated pixel data is damaged.');
      const end = this.endOf(length, this.bytes.length);
      items.push({ offset: this.position, length });
      this.position = end;
    }
    const [table, ...fragments] = items;
    const offsetTable: number[] = [];
    if (table !== undefined && table.length <= 4 * this.limits.maxFrames) {
      for (let at = 0; at + 4 <= table.length; at += 4) offsetTable.push(this.bytes.readUInt32LE(table.offset + at));
    }
    return { tag: TAG.pixelData, vr, offset, length: this.position - offset, fragments, offsetTable };
  }

  private endOf(length: number, containerEnd: number): number {
    if (length > containerEnd - this.position) {
      throw unreadable('The DICOM object is cut short: an element is longer than what is left of the file.');
    }
    return this.position + length;
  }

  private count(): void {
    this.elements += 1;
    if (this.elements > this.limits.maxElements) {
      throw tooLarge('The DICOM object has too many elements.', 'elements', this.limits.maxElements, 'elements');
    }
  }

  private need(count: number): void {
    if (this.bytes.length - this.position < count) throw unreadable('The DICOM object is cut short inside an element.');
  }

  private tag(): number {
    this.need(4);
    const at = this.position;
    this.position += 4;
    const { bytes } = this;
    return this.littleEndian
      ? bytes.readUInt16LE(at) * 0x10000 + bytes.readUInt16LE(at + 2)
      : bytes.readUInt16BE(at) * 0x10000 + bytes.readUInt16BE(at + 2);
  }

  private uint32(): number {
    this.need(4);
    const at = this.position;
    this.position += 4;
    return this.littleEndian ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }
}
