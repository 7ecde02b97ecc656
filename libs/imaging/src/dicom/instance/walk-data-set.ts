import { vrOf } from '../dictionary/dictionary';
import type { Encoding } from '../read-data-set';
import { TAG } from '../tags';
import { notUnderstood } from './instance-fault';
import type { Parser, Want } from './pull';

/** The value of an element that was asked for, as it stands in the data set. */
export interface FoundValue {
  /** Absent in implicit VR. */
  readonly vr: string | undefined;
  readonly bytes: Buffer;
}

/** An element of pixels: how long it is, or how many fragments it has. */
export interface FoundPixels {
  readonly tag: number;
  readonly length: number;
  /** Without the offset table; absent where they are not encapsulated. */
  readonly fragments?: number;
}

export interface Walked {
  readonly encoding: Encoding;
  readonly values: ReadonlyMap<number, FoundValue>;
  /** Of the items of the sequences that were asked for. */
  readonly items: ReadonlyMap<number, readonly ReadonlyMap<number, FoundValue>[]>;
  readonly pixels: FoundPixels | undefined;
}

export interface Wanted {
  readonly tags: { has(tag: number): boolean };
  /** Sequences of the root, and what is wanted of their items. */
  readonly sequences: ReadonlyMap<number, { has(tag: number): boolean }>;
}

export interface WalkLimits {
  /** Elements and items of one data set. Nothing is kept of them: it bounds the time. */
  readonly maxElements: number;
  /** Sequences inside sequences. */
  readonly maxNesting: number;
}

export const WALK_LIMITS: WalkLimits = { maxElements: 4_000_000, maxNesting: 64 };

const UNDEFINED_LENGTH = 0xffffffff;
/** VRs with a 32-bit length after two reserved bytes (PS3.5 table 7.1-1). */
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const FRAGMENTED_VRS = new Set(['OB', 'OW', 'UN']);
const PIXEL_TAGS = new Set<number>([TAG.floatPixelData, TAG.doubleFloatPixelData, TAG.pixelData]);
/** Longer values are none of those that are asked for. */
const MAX_VALUE_BYTES = 16 * 1024;
/** Of a sequence that is asked for. */
const MAX_ITEMS = 16;
const HEAD_BYTES = 8;

interface Level {
  readonly kind: 'data-set' | 'items';
  /** Position at which it ends; Infinity where a delimiter, or the end of the input, says so. */
  readonly end: number;
  readonly delimited: boolean;
  readonly implicitVr: boolean;
  /** Where what is asked for goes: of the root, or of an item of a sequence that is asked for. */
  readonly into?: Map<number, FoundValue> | undefined;
  readonly wanted?: { has(tag: number): boolean } | undefined;
  readonly list?: Map<number, FoundValue>[] | undefined;
}

const take = (bytes: number): Want => ({ how: 'take', bytes });
const skip = (bytes: number): Want => ({ how: 'skip', bytes });

/**
 * Walks a data set (PS3.5 section 7) to its end, in any encoding, whatever its pixels are coded in: every length has to fit what it
 * stands in, every sequence to end. Keeps a stack of its own and the values that are asked for, nothing else.
 *
 * @param named the encoding of its transfer syntax; some writers name one and use another, and the first element shows which
 * @param values takes what is found, so that it is at hand where the rest cannot be read
 * @throws InstanceFault `cannot_understand`
 */
export function* walkDataSet(
  named: Encoding | undefined,
  wanted: Wanted,
  limits = WALK_LIMITS,
  values = new Map<number, FoundValue>(),
): Parser<Walked> {
  const first = yield { how: 'up-to', bytes: HEAD_BYTES };
  if (first.length < HEAD_BYTES) throw notUnderstood('no data set');
  const encoding = shownBy(first) ?? named;
  if (encoding === undefined) throw notUnderstood('no data set');
  return yield* new Walk(encoding, wanted, limits, values).from(first);
}

/** The encoding that the first element shows: its group is small, so the byte order is where the zero byte is. */
function shownBy(head: Buffer): Encoding | undefined {
  const [low, high] = [head.readUInt16LE(0), head.readUInt16BE(0)];
  if (low === high || Math.min(low, high) > 0x00ff) return undefined;
  const littleEndian = low < high;
  if (/^[A-Z]{2}$/.test(head.toString('latin1', 4, 6))) return { implicitVr: false, littleEndian };
  // Implicit VR in big endian was never a transfer syntax.
  return littleEndian ? { implicitVr: true, littleEndian } : undefined;
}

class Walk {
  private readonly items = new Map<number, Map<number, FoundValue>[]>();
  private readonly stack: Level[] = [];
  private readonly littleEndian: boolean;
  private pixels: FoundPixels | undefined;
  private position = 0;
  private elements = 0;

  constructor(
    private readonly encoding: Encoding,
    private readonly wanted: Wanted,
    private readonly limits: WalkLimits,
    private readonly values: Map<number, FoundValue>,
  ) {
    this.littleEndian = encoding.littleEndian;
  }

  *from(first: Buffer): Parser<Walked> {
    const { implicitVr } = this.encoding;
    this.stack.push({
      kind: 'data-set',
      end: Infinity,
      delimited: false,
      implicitVr,
      into: this.values,
      wanted: this.wanted.tags,
    });
    let head: Buffer | undefined = first;
    for (let level = this.stack.at(-1); level !== undefined; level = this.stack.at(-1)) {
      if (head === undefined && this.position >= level.end) {
        if (level.delimited) throw notUnderstood('a sequence without its end');
        this.stack.pop();
        continue;
      }
      const isRoot = this.stack.length === 1;
      head ??= yield isRoot ? { how: 'up-to', bytes: HEAD_BYTES } : take(HEAD_BYTES);
      if (isRoot && isPadding(head)) break;
      if (head.length < HEAD_BYTES) throw notUnderstood('cut short');
      this.position += HEAD_BYTES;
      if (this.position > level.end) throw notUnderstood('an element longer than what it stands in');
      if (level.kind === 'items') this.readItem(level, head);
      else yield* this.readElement(level, head);
      head = undefined;
    }
    return { encoding: this.encoding, values: this.values, items: this.items, pixels: this.pixels };
  }

  private readItem(level: Level, head: Buffer): void {
    this.count();
    const tag = this.tag(head);
    const length = this.uint32(head, 4);
    if (tag === TAG.sequenceDelimitation) {
      this.stack.pop();
      return;
    }
    if (tag !== TAG.item) throw notUnderstood('a sequence that holds no items');
    const delimited = length === UNDEFINED_LENGTH;
    const into = level.list !== undefined && level.list.length < MAX_ITEMS ? new Map<number, FoundValue>() : undefined;
    if (into !== undefined) level.list?.push(into);
    const end = delimited ? level.end : this.endOf(length, level.end);
    this.stack.push({ kind: 'data-set', end, delimited, implicitVr: level.implicitVr, into, wanted: level.wanted });
  }

  private *readElement(level: Level, head: Buffer): Parser<void> {
    this.count();
    const tag = this.tag(head);
    if (tag === TAG.itemDelimitation) {
      if (!level.delimited) throw notUnderstood('an item that ends where none began');
      this.stack.pop();
      return;
    }
    const { vr, length } = yield* this.vrAndLength(level, head);
    if (length === UNDEFINED_LENGTH) return yield* this.readUndefined(level, tag, vr);
    const end = this.endOf(length, level.end);
    if (this.stack.length === 1 && PIXEL_TAGS.has(tag)) this.pixels = { tag, length };
    if (this.isSequence(tag, vr)) {
      this.enter(level, tag, end, false, level.implicitVr);
      return;
    }
    if (level.into !== undefined && level.wanted?.has(tag) === true && length <= MAX_VALUE_BYTES) {
      level.into.set(tag, { vr, bytes: Buffer.from(yield take(length)) });
    } else if (length > 0) {
      yield skip(length);
    }
    this.position = end;
  }

  private *readUndefined(level: Level, tag: number, vr: string | undefined): Parser<void> {
    const isPixels = PIXEL_TAGS.has(tag);
    if (isPixels || (vr !== undefined && vr !== 'UN' && FRAGMENTED_VRS.has(vr))) {
      const fragments = yield* this.readFragments();
      if (isPixels && this.stack.length === 1) this.pixels = { tag, length: UNDEFINED_LENGTH, fragments };
      return;
    }
    if (vr !== undefined && vr !== 'SQ' && vr !== 'UN') throw notUnderstood('an element of undefined length');
    // A sequence of unknown VR is encoded in implicit VR, whatever surrounds it (PS3.5 6.2.2, note 2).
    this.enter(level, tag, level.end, true, level.implicitVr || vr === 'UN');
  }

  /** Encapsulated pixel data (PS3.5 A.4): an offset table and fragments, closed by a delimiter. */
  private *readFragments(): Parser<number> {
    for (let items = 0; ; items += 1) {
      this.count();
      const head = yield take(HEAD_BYTES);
      this.position += HEAD_BYTES;
      const tag = this.tag(head);
      const length = this.uint32(head, 4);
      if (tag === TAG.sequenceDelimitation) return Math.max(items - 1, 0);
      if (tag !== TAG.item || length === UNDEFINED_LENGTH) throw notUnderstood('(7FE0,0010) fragments');
      if (length > 0) yield skip(length);
      this.position += length;
    }
  }

  /**
   * A VR of anything but two capitals is how some writers spell "unknown": implicit form. Two capitals that are no VR have the short
   * form, as those of the standard's first edition.
   */
  private *vrAndLength(level: Level, head: Buffer): Parser<{ vr: string | undefined; length: number }> {
    if (level.implicitVr) return { vr: undefined, length: this.uint32(head, 4) };
    const vr = head.toString('latin1', 4, 6);
    if (!/^[A-Z]{2}$/.test(vr)) return { vr: undefined, length: this.uint32(head, 4) };
    if (!LONG_VRS.has(vr)) return { vr, length: this.littleEndian ? head.readUInt16LE(6) : head.readUInt16BE(6) };
    const more = yield take(4);
    this.position += 4;
    return { vr, length: this.uint32(more, 0) };
  }

  private isSequence(tag: number, vr: string | undefined): boolean {
    return vr === 'SQ' || (vr === undefined && vrOf(tag) === 'SQ');
  }

  private enter(level: Level, tag: number, end: number, delimited: boolean, implicitVr: boolean): void {
    // The root is one level, a sequence and its item are two.
    if ((this.stack.length - 1) / 2 >= this.limits.maxNesting) {
      throw notUnderstood(`nesting: ${String(this.limits.maxNesting)} levels`);
    }
    const wanted = level.kind === 'data-set' && this.stack.length === 1 ? this.wanted.sequences.get(tag) : undefined;
    const list: Map<number, FoundValue>[] | undefined = wanted === undefined ? undefined : [];
    if (list !== undefined) this.items.set(tag, list);
    this.stack.push({ kind: 'items', end, delimited, implicitVr, wanted, list });
  }

  private endOf(length: number, containerEnd: number): number {
    if (this.position + length > containerEnd) throw notUnderstood('an element longer than what it stands in');
    return this.position + length;
  }

  private count(): void {
    this.elements += 1;
    if (this.elements > this.limits.maxElements) {
      throw notUnderstood(`elements: ${String(this.limits.maxElements)}`);
    }
  }

  private tag(head: Buffer): number {
    return this.littleEndian
      ? head.readUInt16LE(0) * 0x10000 + head.readUInt16LE(2)
      : head.readUInt16BE(0) * 0x10000 + head.readUInt16BE(2);
  }

  private uint32(bytes: Buffer, at: number): number {
    return this.littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }
}

/** Nothing, or zeros, with which some writers fill the end of a file. */
const isPadding = (head: Buffer): boolean => head.every((byte) => byte === 0);
