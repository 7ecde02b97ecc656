/** Requests of one class that wait for a pool, the oldest first; those of one tick are counted together. */
export class WaitingLine {
  constructor(patienceTicks) {
    this.counts = new Int32Array(patienceTicks + 1);
    this.size = 0;
    /** Tick of the oldest that waits. */
    this.head = 0;
  }

  add(tick, count) {
    if (this.size === 0) this.head = tick;
    this.counts[tick % this.counts.length] += count;
    this.size += count;
  }

  /** Those who have waited as long as they will. @returns how many left; to be called once a tick, before `add` */
  expire(tick) {
    if (this.size === 0 || tick - this.head < this.counts.length) return 0;
    const place = tick % this.counts.length;
    const left = this.counts[place];
    this.counts[place] = 0;
    this.size -= left;
    this.head += 1;
    return left;
  }

  /** Takes up to `wanted` of the oldest, telling how many waited for how many ticks. */
  take(tick, wanted, tell) {
    let left = Math.min(wanted, this.size);
    this.size -= left;
    while (left > 0) {
      const place = this.head % this.counts.length;
      const taken = Math.min(left, this.counts[place]);
      if (taken > 0) tell(tick - this.head, taken);
      this.counts[place] -= taken;
      left -= taken;
      if (this.counts[place] === 0 && left > 0) this.head += 1;
    }
    if (this.size > 0) while (this.counts[this.head % this.counts.length] === 0) this.head += 1;
  }
}
