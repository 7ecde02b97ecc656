import { CLASSES } from './classes.mjs';
import { lognormal, randomOf } from './random.mjs';
import { Replicas } from './replicas.mjs';
import { WaitingLine } from './waiting-line.mjs';
import { Work } from './work.mjs';

const SIZES = 64;
/** Requests that may wait, for each replica of the pool's peak: the product bounds its waiting rooms in the same way. */
const ROOM_A_REPLICA = 256;
const LEAST_ROOM = 256;
const LINGER_S = 30;

/** Factors on the service time whose mean is 1: studies are not all of one size. Those that start in one tick share one. */
export function sizesOf(pool, seed, index) {
  const random = randomOf(seed, 41, index);
  const drawn = Float64Array.from({ length: SIZES }, () => lognormal(random, 1, pool.spread ?? 0.35));
  const mean = drawn.reduce((sum, factor) => sum + factor, 0) / SIZES;
  return drawn.map((factor) => factor / mean);
}

/** One pool in one day: its waiting lines, what runs, its replicas. Told the arrivals of a tick, it serves what it can. */
export class SimulatedPool {
  constructor({ pool, index, tickS, seed, ready, tally }) {
    this.pool = pool;
    this.tickS = tickS;
    this.tally = tally;
    this.replicas = new Replicas({ pool, index, tickS, seed, ready });
    this.lines = CLASSES.map(({ patienceS }) => new WaitingLine(Math.ceil(patienceS / tickS)));
    this.work = new Work(tickS, CLASSES.length);
    this.sizes = sizesOf(pool, seed, index);
    this.room = Math.max(LEAST_ROOM, ROOM_A_REPLICA * Math.ceil(pool.peakReplicas));
    this.waiting = 0;
    this.idleS = LINGER_S;
    /** Slots that were queued and running in the tick that was. */
    this.demand = 0;
    /** Ticks that the stat request waited which waited longest among those that were sent since this was read. */
    this.longestStatTicks = 0;
    this.tellers = CLASSES.map((_, classIndex) => (waitedTicks, count) => {
      if (classIndex === 0) this.longestStatTicks = Math.max(this.longestStatTicks, waitedTicks);
      tally.started(classIndex, waitedTicks, count);
    });
  }

  get active() {
    return this.idleS < LINGER_S;
  }

  /** @param arrivals of the whole day; those of this tick begin at `offset` */
  step(tick, arrivals, offset) {
    this.work.turn(tick);
    for (let index = 0; index < CLASSES.length; index += 1) {
      const arrived = arrivals[offset + index];
      if (arrived > 0 || this.lines[index].size > 0) this.admit(tick, index, arrived);
    }
    this.serve(tick);
    this.demand = this.work.slots + this.waiting * this.pool.slotsEach;
    this.idleS = this.demand > 0 ? 0 : this.idleS + this.tickS;
  }

  admit(tick, classIndex, arrived) {
    const line = this.lines[classIndex];
    const of = this.tally.classes[classIndex];
    const gaveUp = line.expire(tick);
    this.waiting -= gaveUp;
    of.refused += gaveUp;
    if (arrived === 0) return;
    of.arrived += arrived;
    if (this.replicas.ready === 0) of.foundNoReplica += arrived;
    const admitted = Math.max(0, Math.min(arrived, this.room - this.waiting));
    of.refused += arrived - admitted;
    if (admitted > 0) line.add(tick, admitted);
    this.waiting += admitted;
  }

  /** The most urgent first; within a class the oldest. */
  serve(tick) {
    if (this.waiting === 0 || this.replicas.ready === 0) return;
    const { slots, slotsEach, serviceS } = this.pool;
    const takesS = serviceS * this.sizes[tick % SIZES];
    const use = this.work.firstUse(takesS, slotsEach);
    for (let index = 0; index < CLASSES.length; index += 1) {
      const line = this.lines[index];
      if (line.size === 0) continue;
      const count = Math.min(line.size, Math.floor((this.replicas.ready * slots - this.work.slots) / use + 1e-9));
      if (count <= 0) return;
      line.take(tick, count, this.tellers[index]);
      this.waiting -= count;
      this.work.start(tick, index, count, takesS, slotsEach);
    }
  }

  want(tick, count, cluster) {
    const before = this.replicas.ready;
    const drained = this.replicas.want(tick, count, cluster);
    if (drained > 0) this.work.setAside(drained / before);
  }

  /** Replicas die; what ran there is sent again, and waits from now on. */
  die(tick, count, isNodeLost) {
    const before = this.replicas.ready;
    const dead = this.replicas.die(tick, count, isNodeLost);
    if (dead === 0) return;
    for (const [index, lost] of this.work.lose(dead / before).entries()) {
      if (lost === 0) continue;
      const of = this.tally.classes[index];
      of.lost += lost;
      of.inTime = Math.max(0, of.inTime - lost);
      this.lines[index].add(tick, lost);
      this.waiting += lost;
    }
  }
}
