import { giveBack } from './give-back';

/** Of a decoder's cache: what a position of a row takes. */
export interface KvShape {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
}

/** The common length grows by so many positions, so that a row that grows does not repack at every token. */
const BUCKET = 128;

/**
 * Keys and values of all rows under way: for each layer a key and a value array [rows, heads, length, headSize] of one common
 * length. A row holds `valid` positions from the left; what lies right of them is never looked at. A run takes the arrays as they
 * are, and a step adds to them only what is new.
 *
 * Arrays are for all rows from the start: memory that was never written is not taken from the machine.
 */
export class KvRows {
  /** Key and value of the first layer, of the second, and so on. */
  parts: readonly Float32Array<ArrayBuffer>[];
  /** Ones for valid positions, INT64 [rows, length]; its low words. */
  mask: BigInt64Array;
  /** Common length in positions. */
  length: number;
  readonly valid: Int32Array;
  private low: Int32Array;

  /** @param limit positions that a row may hold at most */
  constructor(
    readonly shape: KvShape,
    readonly rows: number,
    private readonly limit: number,
  ) {
    this.valid = new Int32Array(rows);
    this.length = this.bucket(1);
    this.parts = Array.from({ length: 2 * shape.layers }, () => this.allocate(this.length));
    this.mask = new BigInt64Array(rows * this.length);
    this.low = new Int32Array(this.mask.buffer);
  }

  /** Bytes of one position of one row. */
  get positionBytes(): number {
    const { layers, heads, headSize } = this.shape;
    return 2 * layers * heads * headSize * Float32Array.BYTES_PER_ELEMENT;
  }

  /**
   * Makes the rows long enough for `longest` positions. Whoever holds views of the arrays has to make them anew when it says so.
   */
  grow(longest: number): boolean {
    if (longest <= this.length) return false;
    this.resize(this.bucket(longest));
    return true;
  }

  /** Makes them shorter where half of it would do for `longest` positions; else as `grow`. */
  shrink(longest: number): boolean {
    const wanted = this.bucket(Math.max(1, longest));
    if (wanted * 2 > this.length) return false;
    this.resize(wanted);
    return true;
  }

  /** Says that a row holds so many positions from now on. */
  setValid(row: number, count: number): void {
    const before = this.valid[row] ?? 0;
    if (count > before) this.mark(row, before, count, 1);
    else this.mark(row, count, before, 0);
    this.valid[row] = count;
  }

  /**
   * Writes the last `count` valid positions of the rows from `first` on.
   *
   * @param values [2 · layers, rows, heads, count, headSize]
   */
  append(first: number, rows: number, count: number, values: Float32Array): void {
    const { heads, headSize } = this.shape;
    const run = count * headSize;
    let from = 0;
    for (const part of this.parts) {
      for (let row = first; row < first + rows; row += 1) {
        const begin = (this.valid[row] ?? 0) - count;
        for (let head = 0; head < heads; head += 1) {
          let at = ((row * heads + head) * this.length + begin) * headSize;
          // By hand: for the few numbers of one position that is quicker than a view.
          for (const end = from + run; from < end; from += 1, at += 1) part[at] = values[from] as number;
        }
      }
    }
  }

  /** What one row holds, put into another in its place. */
  copyRow(from: number, to: number): void {
    const { heads, headSize } = this.shape;
    const count = (this.valid[from] ?? 0) * headSize;
    const stride = this.length * headSize;
    for (const part of this.parts) {
      for (let head = 0; head < heads; head += 1) {
        const at = (from * heads + head) * stride;
        part.copyWithin((to * heads + head) * stride, at, at + count);
      }
    }
    this.setValid(to, this.valid[from] ?? 0);
  }

  /** Positions `begin` to `begin + count` of a row, as one array [layers, 2, heads, count, headSize]. */
  read(row: number, begin: number, count: number): Float32Array {
    const block = new Float32Array((this.positionBytes / Float32Array.BYTES_PER_ELEMENT) * count);
    this.eachHead(row, begin, count, (part, at, end, blockAt) => {
      block.set(part.subarray(at, end), blockAt);
    });
    return block;
  }

  /** Puts what `read` gave where it was read. */
  write(row: number, begin: number, count: number, block: Float32Array): void {
    this.eachHead(row, begin, count, (part, at, end, blockAt) => {
      part.set(block.subarray(blockAt, blockAt + end - at), at);
    });
  }

  private resize(length: number): void {
    const { heads, headSize } = this.shape;
    const [from, to] = [this.length, length];
    this.parts = this.parts.map((old) => {
      const part = this.allocate(length);
      for (let row = 0; row < this.rows; row += 1) {
        const count = (this.valid[row] ?? 0) * headSize;
        for (let head = 0; head < heads && count > 0; head += 1) {
          const at = (row * heads + head) * from * headSize;
          part.set(old.subarray(at, at + count), (row * heads + head) * to * headSize);
        }
      }
      giveBack(old);
      return part;
    });
    this.length = length;
    this.mask = new BigInt64Array(this.rows * length);
    this.low = new Int32Array(this.mask.buffer);
    for (let row = 0; row < this.rows; row += 1) this.mark(row, 0, this.valid[row] ?? 0, 1);
  }

  private eachHead(
    row: number,
    begin: number,
    count: number,
    take: (part: Float32Array, at: number, end: number, blockAt: number) => void,
  ): void {
    const { heads, headSize } = this.shape;
    const run = count * headSize;
    let blockAt = 0;
    for (const part of this.parts) {
      for (let head = 0; head < heads; head += 1) {
        const at = ((row * heads + head) * this.length + begin) * headSize;
        take(part, at, at + run, blockAt);
        blockAt += run;
      }
    }
  }

  private mark(row: number, from: number, to: number, value: 0 | 1): void {
    for (let at = row * this.length + from; at < row * this.length + to; at += 1) this.low[2 * at] = value;
  }

  private bucket(length: number): number {
    return Math.min(Math.ceil(length / BUCKET) * BUCKET, Math.max(this.limit, length));
  }

  private allocate(length: number): Float32Array<ArrayBuffer> {
    const { heads, headSize } = this.shape;
    return new Float32Array(this.rows * heads * length * headSize);
  }
}
