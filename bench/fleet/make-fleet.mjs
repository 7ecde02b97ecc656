import { lognormal, randomOf } from './random.mjs';
import { SITES, TASKS } from './tasks.mjs';

/** The replicas that the whole day's busiest moment is meant to take, as a share of all GPUs: what a planner would allow. */
const PLANNED_SHARE = 0.8;
const TARGET = 0.8;

const drawTask = (random) => {
  let left = random() * TASKS.reduce((sum, { weight }) => sum + weight, 0);
  return TASKS.find(({ weight }) => (left -= weight) < 0) ?? TASKS[0];
};

/**
 * Pools of a network of hospitals, a few large and many small, that together take `PLANNED_SHARE` of the GPUs when all of them have their
 * busiest moment. A replica takes one GPU.
 *
 * @returns pools `{ name, task, kind, slots, serviceS, slotsEach, classes, bursts, peakReplicas, peakPerSecond }`
 */
export function makeFleet({ pools, gpus, seed }) {
  const random = randomOf(seed, 11);
  const drawn = Array.from({ length: pools }, (_, index) => ({
    ...drawTask(random),
    size: lognormal(random, 1, 1.1),
    site: SITES[index % SITES.length],
  }));
  const all = drawn.reduce((sum, { size }) => sum + size, 0);
  const names = new Map();
  return drawn.map(({ size, site, name: task, bursts = false, ...rest }) => {
    const count = (names.get(`${task}-${site}`) ?? 0) + 1;
    names.set(`${task}-${site}`, count);
    const peakReplicas = Math.max(0.3, (PLANNED_SHARE * gpus * size) / all);
    return {
      ...rest,
      task,
      site,
      name: count === 1 ? `${task}-${site}` : `${task}-${site}-${count}`,
      bursts,
      peakReplicas,
      peakPerSecond: (peakReplicas * rest.slots * TARGET) / (rest.serviceS * rest.slotsEach),
    };
  });
}
