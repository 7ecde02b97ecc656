import { Means } from './means.mjs';

/*
 * Knative's pod autoscaler with its defaults, written from its documentation ("Configuring autoscaling", and the design page of
 * pkg/autoscaler): concurrency over a stable window of 60 s and a panic window of a tenth of it, panic at 200 % of what the ready pods are
 * meant for, target 70 % of the container's concurrency, ticks of 2 s, at most 1,000 times up and half down a tick, to zero 30 s
 * after the stable window knows of nothing, from zero by its activator.
 */
const STABLE_S = 60;
const PANIC_S = 6;
const PANIC_THRESHOLD = 2;
const TARGET = 0.7;
const MOST_UP = 1_000;
const MOST_DOWN = 2;
const GRACE_MS = 30_000;

class Kpa {
  constructor(pool, { tickS, firstSlots }) {
    this.target = pool.slots * TARGET;
    this.max = pool.maxReplicas;
    this.means = new Means(STABLE_S / tickS, firstSlots);
    this.panicTicks = PANIC_S / tickS;
    this.panicSinceMs = undefined;
    this.panicPeak = 0;
    this.zeroSinceMs = undefined;
  }

  observe(_, slots) {
    this.means.add(slots);
  }

  decide({ nowMs, slots, readyReplicas, replicas }) {
    const ready = Math.max(1, readyReplicas);
    const [most, least] = [Math.ceil(MOST_UP * ready), Math.floor(ready / MOST_DOWN)];
    const bounded = (demand) => Math.min(most, Math.max(least, Math.ceil(demand / this.target)));
    const stable = this.means.over(Infinity);
    const short = this.means.over(this.panicTicks);
    let desired = bounded(stable);
    const desiredShort = bounded(short);
    if (short / this.target / ready >= PANIC_THRESHOLD) this.panicSinceMs = nowMs;
    else if (this.panicSinceMs !== undefined && nowMs > this.panicSinceMs + 1_000 * STABLE_S) {
      this.panicSinceMs = undefined;
      this.panicPeak = 0;
    }
    if (this.panicSinceMs !== undefined) {
      this.panicPeak = Math.max(this.panicPeak, desiredShort, replicas);
      desired = this.panicPeak;
    }
    if (slots > 0) desired = Math.max(1, desired);
    return Math.min(this.max, this.toZero(nowMs, stable, desired));
  }

  toZero(nowMs, stable, desired) {
    if (stable > 0 || desired > 1) this.zeroSinceMs = undefined;
    else this.zeroSinceMs ??= nowMs;
    if (stable > 0) return Math.max(1, desired);
    return this.zeroSinceMs !== undefined && nowMs >= this.zeroSinceMs + GRACE_MS ? 0 : Math.max(1, desired);
  }
}

export const kpa = {
  name: 'kpa',
  title: 'Knative KPA',
  note: "Knative's pod autoscaler with its defaults: target 70 %, windows of 60 and 6 s, to zero after 30 s",
  everyS: 2,
  of: (pool, context) => new Kpa(pool, context),
};
