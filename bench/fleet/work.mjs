const RING = 256;

/**
 * What runs on a pool's replicas, in slots and tick by tick. A request that is shorter than a tick takes a part of a slot of one; a longer
 * one holds its slots until it ends. `slots` never grows by itself, so what is free now stays free.
 */
export class Work {
  constructor(tickS, classes) {
    this.tickS = tickS;
    this.slots = 0;
    this.ending = new Float64Array(RING);
    this.running = new Float64Array(classes);
    /** Requests that end at each tick, class by class: one tick's lie together. */
    this.finishing = new Int32Array(RING * classes);
  }

  /** Slots that one request takes in its first tick. */
  firstUse(serviceS, slotsEach) {
    return slotsEach * Math.min(1, serviceS / this.tickS);
  }

  turn(tick) {
    const place = tick % RING;
    this.slots = Math.max(0, this.slots - this.ending[place]);
    this.ending[place] = 0;
    const { running, finishing } = this;
    let isAny = false;
    for (let index = 0, from = place * running.length; index < running.length; index += 1) {
      running[index] -= finishing[from + index];
      finishing[from + index] = 0;
      if (running[index] > 0) isAny = true;
    }
    if (!isAny) this.slots = 0;
  }

  start(tick, classIndex, count, serviceS, slotsEach) {
    const whole = Math.min(RING - 2, Math.floor(serviceS / this.tickS));
    const rest = serviceS / this.tickS - whole;
    const slots = count * slotsEach;
    this.slots += whole >= 1 ? slots : slots * rest;
    if (whole >= 1) this.ending[(tick + whole) % RING] += slots * (1 - rest);
    this.ending[(tick + whole + 1) % RING] += slots * rest;
    this.running[classIndex] += count;
    const ends = (tick + whole + (rest > 0 ? 1 : 0)) % RING;
    this.finishing[ends * this.running.length + classIndex] += count;
  }

  /** A share of the replicas takes nothing new: what runs there ends there, and no longer counts for the others. */
  setAside(share) {
    this.slots *= 1 - share;
    for (let place = 0; place < RING; place += 1) this.ending[place] *= 1 - share;
  }

  /** A share of the replicas is gone. @returns how many requests of each class were lost with them */
  lose(share) {
    this.setAside(share);
    return [...this.running].map((_, index) => {
      let lost = 0;
      let carried = 0;
      for (let at = index; at < this.finishing.length; at += this.running.length) {
        carried += this.finishing[at] * share;
        const whole = Math.min(this.finishing[at], Math.floor(carried));
        carried -= whole;
        this.finishing[at] -= whole;
        lost += whole;
      }
      this.running[index] -= lost;
      return lost;
    });
  }
}
