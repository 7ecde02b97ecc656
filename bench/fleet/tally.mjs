import { CLASSES } from './classes.mjs';

/** What became of the requests of a day, by class; waiting times are kept to the tick. */
export class Tally {
  constructor(tickS) {
    this.tickS = tickS;
    this.inTimeTicks = CLASSES.map(({ startWithinS }) => Math.floor(startWithinS / tickS));
    this.classes = CLASSES.map(({ name, patienceS }) => ({
      name,
      arrived: 0,
      /** Sent to a replica; a request that was lost with its replica is sent again. */
      started: 0,
      lost: 0,
      /** Found the waiting room full, or gave up. */
      refused: 0,
      inTime: 0,
      foundNoReplica: 0,
      waitTicks: 0,
      waits: new Float64Array(Math.ceil(patienceS / tickS) + 1),
    }));
  }

  started(classIndex, waitedTicks, count) {
    const of = this.classes[classIndex];
    of.started += count;
    of.waitTicks += waitedTicks * count;
    of.waits[Math.min(of.waits.length - 1, waitedTicks)] += count;
    if (waitedTicks <= this.inTimeTicks[classIndex]) of.inTime += count;
  }

  /** Seconds that this share of the started requests waited at most. */
  quantile(classIndex, share) {
    const { waits, started } = this.classes[classIndex];
    let left = share * started;
    for (let ticks = 0; ticks < waits.length; ticks += 1) {
      left -= waits[ticks];
      if (left <= 0) return ticks * this.tickS;
    }
    return (waits.length - 1) * this.tickS;
  }
}
