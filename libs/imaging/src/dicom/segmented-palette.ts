import { unreadable } from '../refuse';

/** A palette in segments, as entries of 8 bits or of 16: so wide are opcodes, lengths and values. */
export interface Segments {
  readonly data: Uint8Array | Uint16Array;
  /** The element that it is of, for whoever has to mend the file. */
  readonly element: string;
}

const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/**
 * The table that segments stand for (PS3.3 C.7.9.2): discrete ones have its entries, linear ones end a line from the entry before, and
 * indirect ones take others once more, though no indirect ones. Every segment has an entry at least, so the work is bounded by the
 * number of entries.
 *
 * @param count how many entries the descriptor announces
 * @throws ServingError `unreadable_image` for what is no segment, and for more or fewer entries than were announced
 */
export function expandSegments(segments: Segments, count: number): Uint16Array {
  const table = new Table(segments, count);
  const { length } = segments.data;
  let at = 0;
  // One byte behind the last segment makes the length even.
  while (at < length && !(table.isFull && at === length - 1)) at = table.segment(at, true);
  if (!table.isFull) throw damaged(segments, 'has fewer entries than its descriptor announces');
  return table.entries;
}

const damaged = ({ element }: Segments, what: string): Error => unreadable(`The colour palette ${element} ${what}.`);

class Table {
  readonly entries: Uint16Array;
  private filled = 0;

  constructor(
    private readonly segments: Segments,
    count: number,
  ) {
    this.entries = new Uint16Array(count);
  }

  get isFull(): boolean {
    return this.filled === this.entries.length;
  }

  /** @returns where the next segment begins */
  segment(at: number, mayBeIndirect: boolean): number {
    const [opcode, length] = [this.value(at), this.value(at + 1)];
    if (length === 0) throw damaged(this.segments, 'has a segment of no length');
    if (opcode === DISCRETE) return this.discrete(at + 2, length);
    if (opcode === LINEAR) return this.linear(at + 2, length);
    if (opcode !== INDIRECT) throw damaged(this.segments, 'has a segment of no known kind');
    if (!mayBeIndirect) throw damaged(this.segments, 'has an indirect segment that copies another one');
    return this.indirect(at + 2, length);
  }

  private discrete(at: number, length: number): number {
    for (let index = 0; index < length; index += 1) this.put(this.value(at + index));
    return at + length;
  }

  private linear(at: number, length: number): number {
    const [from, to] = [this.last(), this.value(at)];
    for (let step = 1; step <= length; step += 1) this.put(Math.round(from + ((to - from) * step) / length));
    return at + 1;
  }

  /** The offset is in bytes, of 32 bits, the least significant ones first. */
  private indirect(at: number, count: number): number {
    const width = this.segments.data.BYTES_PER_ELEMENT;
    const fields = 4 / width;
    let offset = 0;
    for (let field = 0; field < fields; field += 1) offset += this.value(at + field) * 2 ** (8 * width * field);
    if (offset % width !== 0) throw damaged(this.segments, 'has an indirect segment that copies from within a value');
    this.last();
    let from = offset / width;
    for (let segment = 0; segment < count; segment += 1) from = this.segment(from, false);
    return at + fields;
  }

  private last(): number {
    if (this.filled === 0) throw damaged(this.segments, 'does not begin with a discrete segment');
    return this.entries[this.filled - 1] as number;
  }

  private put(entry: number): void {
    if (this.isFull) throw damaged(this.segments, 'has more entries than its descriptor announces');
    this.entries[this.filled] = entry;
    this.filled += 1;
  }

  private value(at: number): number {
    const value = this.segments.data[at];
    if (value === undefined) throw damaged(this.segments, 'ends inside of a segment');
    return value;
  }
}
