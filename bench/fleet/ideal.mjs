import { CLASSES } from './classes.mjs';
import { sizesOf } from './simulated-pool.mjs';
import { Work } from './work.mjs';

/**
 * Slots that a pool would run at each tick if nobody ever had to wait: what the day asks, whatever the policy. A Float32Array in memory
 * that threads share.
 */
export function idealSlots({ pool, index, seed, arrivals, ticks, tickS }) {
  const work = new Work(tickS, CLASSES.length);
  const sizes = sizesOf(pool, seed, index);
  const slots = new Float32Array(new SharedArrayBuffer(4 * ticks));
  for (let tick = 0; tick < ticks; tick += 1) {
    work.turn(tick);
    for (let classIndex = 0; classIndex < CLASSES.length; classIndex += 1) {
      const count = arrivals[tick * CLASSES.length + classIndex];
      if (count > 0) work.start(tick, classIndex, count, pool.serviceS * sizes[tick % sizes.length], pool.slotsEach);
    }
    slots[tick] = work.slots;
  }
  return slots;
}
