import { SECONDS_KEPT } from './demand-window';

/** Demand for a pool as one router sees it. */
export interface DemandReading {
  readonly queuedSlots: number;
  readonly runningSlots: number;
  /** Since the last request left; 0 while one is inside or none ever was. */
  readonly idleMs: number;
  /** Whether a request is inside, or the last one left so short a time ago that its demand still counts. */
  readonly active: boolean;
}

/**
 * Counts the slots that requests of one pool wait for and hold, and keeps the mean of each of the last 900 whole seconds. Times are
 * milliseconds on one clock; an earlier one than before counts as that one. An event costs constant time and keeps nothing.
 */
export class DemandMeter {
  private queued = 0;
  private queuedSlots = 0;
  private running = 0;
  private runningSlots = 0;
  /** Of the second in which `atMs` lies, up to then. */
  private slotMs = 0;
  private atMs = Number.NaN;
  private beganSecond = Number.NaN;
  private leftMs = Number.NaN;
  private readonly seconds = new Float64Array(SECONDS_KEPT);

  constructor(private readonly lingerMs: number) {}

  /** A request begins to wait. */
  enter(nowMs: number, slots: number): void {
    this.advance(nowMs);
    this.queued += 1;
    this.queuedSlots += slots;
  }

  /** A request that waited is sent to a replica. */
  start(nowMs: number, slots: number): void {
    this.advance(nowMs);
    this.leaveQueue(slots);
    this.running += 1;
    this.runningSlots += slots;
  }

  /** A request has ended, or nobody waits for it any more. */
  leave(nowMs: number, slots: number, from: 'queue' | 'run'): void {
    this.advance(nowMs);
    if (from === 'queue') this.leaveQueue(slots);
    else this.leaveRun(slots);
    this.leftMs = this.atMs;
  }

  reading(nowMs: number): DemandReading {
    this.advance(nowMs);
    const isInside = this.queued + this.running > 0;
    const idleMs = isInside || Number.isNaN(this.leftMs) ? 0 : this.atMs - this.leftMs;
    const active = isInside || (!Number.isNaN(this.leftMs) && idleMs < this.lingerMs);
    return { queuedSlots: this.queuedSlots, runningSlots: this.runningSlots, idleMs, active };
  }

  /**
   * Mean slots, queued and running, of whole seconds of the clock, the latest first: of those that ended after `sinceMs` (absent: of all
   * since the meter was first used), 900 at most.
   */
  recent(nowMs: number, sinceMs = Number.NEGATIVE_INFINITY): number[] {
    this.advance(nowMs);
    const current = Math.floor(this.atMs / 1_000);
    const oldest = Math.max(this.beganSecond, current - SECONDS_KEPT, Math.floor(sinceMs / 1_000));
    const means: number[] = [];
    for (let second = current - 1; second >= oldest; second -= 1)
      means.push(this.seconds[second % SECONDS_KEPT] as number);
    return means;
  }

  /* What has left is taken away exactly: many slots that are not whole numbers would leave a remainder that looks like demand. */
  private leaveQueue(slots: number): void {
    this.queued = Math.max(0, this.queued - 1);
    this.queuedSlots = this.queued === 0 ? 0 : Math.max(0, this.queuedSlots - slots);
  }

  private leaveRun(slots: number): void {
    this.running = Math.max(0, this.running - 1);
    this.runningSlots = this.running === 0 ? 0 : Math.max(0, this.runningSlots - slots);
  }

  private advance(nowMs: number): void {
    if (Number.isNaN(this.atMs)) {
      this.atMs = nowMs;
      this.beganSecond = Math.floor(nowMs / 1_000);
      return;
    }
    if (nowMs <= this.atMs) return;
    const slots = this.queuedSlots + this.runningSlots;
    const from = Math.floor(this.atMs / 1_000);
    const to = Math.floor(nowMs / 1_000);
    if (from === to) this.slotMs += slots * (nowMs - this.atMs);
    else {
      this.seconds[from % SECONDS_KEPT] = (this.slotMs + slots * (1_000 * (from + 1) - this.atMs)) / 1_000;
      for (let second = Math.max(from + 1, to - SECONDS_KEPT); second < to; second += 1)
        this.seconds[second % SECONDS_KEPT] = slots;
      this.slotMs = slots * (nowMs - 1_000 * to);
    }
    this.atMs = nowMs;
  }
}
