const MOST_PARTS = 8;
const LEAST_PART_MS = 1_000;

/**
 * Least and greatest of the numbers seen in a window that slides, in constant memory. The window is kept in parts, eight of them or as many as
 * it has seconds, and a number is forgotten with its part: it counts for the window at least, and for one part more at most.
 */
export class SlidingExtremes {
  private readonly partMs: number;
  private readonly kept: number;
  private readonly least: Float64Array;
  private readonly greatest: Float64Array;
  private part = Number.NaN;
  private place = 0;
  /** Of the parts before the one that is being filled. */
  private leastBefore = Infinity;
  private greatestBefore = -Infinity;

  /** @param windowMs 0: only the latest number counts */
  constructor(private readonly windowMs: number) {
    const parts = Math.max(1, Math.min(MOST_PARTS, Math.ceil(windowMs / LEAST_PART_MS)));
    this.partMs = Math.max(1, windowMs / parts);
    this.kept = parts + 1;
    this.least = new Float64Array(this.kept).fill(Infinity);
    this.greatest = new Float64Array(this.kept).fill(-Infinity);
  }

  see(nowMs: number, value: number): void {
    const part = Math.floor(nowMs / this.partMs);
    if (part !== this.part) this.turnTo(part);
    const { least, greatest, place } = this;
    if (this.windowMs === 0 || value < (least[place] as number)) least[place] = value;
    if (this.windowMs === 0 || value > (greatest[place] as number)) greatest[place] = value;
  }

  /** Of the window that ends with the latest number seen. */
  get min(): number {
    return Math.min(this.leastBefore, this.least[this.place] as number);
  }

  get max(): number {
    return Math.max(this.greatestBefore, this.greatest[this.place] as number);
  }

  private turnTo(part: number): void {
    const passed = Number.isNaN(this.part) ? this.kept : Math.min(this.kept, part - this.part);
    const { least, greatest, kept } = this;
    this.part = part;
    for (let step = 0; step < passed; step += 1) {
      this.place = this.place + 1 === kept ? 0 : this.place + 1;
      least[this.place] = Infinity;
      greatest[this.place] = -Infinity;
    }
    this.leastBefore = Infinity;
    this.greatestBefore = -Infinity;
    for (let place = 0; place < kept; place += 1) {
      if ((least[place] as number) < this.leastBefore) this.leastBefore = least[place] as number;
      if ((greatest[place] as number) > this.greatestBefore) this.greatestBefore = greatest[place] as number;
    }
  }
}
