/** Seconds that demand is remembered for: the longest window that a policy may have. */
export const SECONDS_KEPT = 900;

/* Whole thousandths are added exactly: the sum over routers is the same in whatever order they are heard. */
const STEPS = 1_000;

/**
 * The demand of one pool, second by second, added up over all routers. Seconds count on one clock of the caller; those that nobody spoke
 * of since the first one are 0. Kept are the last 900; an older one is dropped.
 */
export class DemandWindow {
  private readonly ring = new Float64Array(SECONDS_KEPT);
  private first = Number.NaN;
  private latest = Number.NaN;

  /** One router's mean slots of a second; more of the same second is added to it. */
  add(second: number, slots: number): void {
    if (Number.isNaN(this.first)) {
      this.first = second;
      this.latest = second;
    } else if (second > this.latest) this.advance(second);
    else if (second <= this.latest - SECONDS_KEPT) return;
    else if (second < this.first) this.first = second;
    const place = second % SECONDS_KEPT;
    this.ring[place] = (this.ring[place] as number) + Math.round(Math.max(0, slots) * STEPS);
  }

  /**
   * Mean slots of the whole seconds before `nowSecond` that lie in the window, from the first that was ever told: what began a moment
   * ago is not taken for a lull. 0 when there are none.
   */
  mean(nowSecond: number, windowMs: number): number {
    const from = this.begin(nowSecond, windowMs);
    const seconds = nowSecond - from;
    if (!(seconds > 0)) return 0;
    let sum = 0;
    const last = Math.min(nowSecond - 1, this.latest);
    if (last >= from) {
      let place = from % SECONDS_KEPT;
      for (let count = last - from; count >= 0; count -= 1) {
        sum += this.ring[place] as number;
        place = place === SECONDS_KEPT - 1 ? 0 : place + 1;
      }
    }
    return sum / STEPS / seconds;
  }

  /** The most slots of one second of the window. */
  peak(nowSecond: number, windowMs: number): number {
    const from = this.begin(nowSecond, windowMs);
    let most = 0;
    for (let second = from; second <= Math.min(nowSecond - 1, this.latest); second += 1)
      most = Math.max(most, this.ring[second % SECONDS_KEPT] as number);
    return most / STEPS;
  }

  /** Calls `listener` with the slots of every second that is known, the earliest first. */
  each(listener: (second: number, slots: number) => void): void {
    const from = this.begin(this.latest + 1, SECONDS_KEPT * 1_000);
    for (let second = from; second <= this.latest; second += 1)
      listener(second, (this.ring[second % SECONDS_KEPT] as number) / STEPS);
  }

  /** Whether everything since a second is known. */
  reaches(second: number): boolean {
    return second >= this.begin(this.latest + 1, SECONDS_KEPT * 1_000);
  }

  /** First second that counts; NaN when nothing was ever told. */
  private begin(nowSecond: number, windowMs: number): number {
    const seconds = Math.min(SECONDS_KEPT, Math.max(1, Math.ceil(windowMs / 1_000)));
    return Math.max(this.first, nowSecond - seconds, this.latest - SECONDS_KEPT + 1);
  }

  private advance(second: number): void {
    const passed = Math.min(SECONDS_KEPT, second - this.latest);
    for (let back = 0; back < passed; back += 1) this.ring[(second - back) % SECONDS_KEPT] = 0;
    this.latest = second;
  }
}
