/*
 * The arithmetic of a HorizontalPodAutoscaler with its defaults, written from the Kubernetes documentation ("Horizontal Pod Autoscaling",
 * algorithm details): ceil(current * metric / target) every 15 s, nothing within a tenth of the target, of the wishes of the last 300 s the
 * largest on the way down, at most the larger of 4 and 100 % up and 100 % down in 15 s; never below 1. The metric is the same demand that ours
 * sees, which is more than an HPA on utilisation has.
 */
const SYNC_MS = 15_000;
const TOLERANCE = 0.1;
const DOWN_MS = 300_000;
const TARGET = 0.8;

class Hpa {
  constructor(pool, { startMs, phase }) {
    this.target = pool.slots * TARGET;
    this.max = pool.maxReplicas;
    this.nextMs = startMs + phase * SYNC_MS;
    this.wishes = new Float64Array(DOWN_MS / SYNC_MS);
    this.looks = 0;
    this.slots = 0;
  }

  observe(_, slots) {
    this.slots = slots;
  }

  decide({ nowMs, replicas }) {
    if (nowMs < this.nextMs) return Math.max(1, replicas);
    this.nextMs += SYNC_MS;
    const current = Math.max(1, replicas);
    const ratio = this.slots / (current * this.target);
    const wish = Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(current * ratio);
    if (this.looks === 0) this.wishes.fill(current);
    this.wishes[this.looks % this.wishes.length] = wish;
    this.looks += 1;
    const lasted = wish < current ? Math.min(current, Math.max(...this.wishes)) : wish;
    return Math.min(this.max, Math.max(1, Math.min(lasted, Math.max(current + 4, 2 * current))));
  }
}

export const hpa = {
  name: 'hpa',
  title: 'plain HPA',
  note: 'ceil(current * metric / target) every 15 s with a tenth of tolerance, 300 s before less, never below 1',
  everyS: 2,
  of: (pool, context) => new Hpa(pool, context),
};
