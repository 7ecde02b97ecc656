import { CLASSES } from './classes.mjs';
import { shapeOf } from './day-shapes.mjs';
import { poisson, randomOf, uniform } from './random.mjs';
import { SITES } from './tasks.mjs';

export const DAY_S = 86_400;
const REPLICAS_A_HOSPITAL = 5;

/** Patients who come together: an accident, or the strokes that a morning finds. A large pool serves more hospitals, and sees more of them. */
function bursts(pool, random) {
  const hospitals = Math.max(1, pool.peakReplicas / REPLICAS_A_HOSPITAL);
  const count = poisson(random, (pool.bursts ? 4 : 1) * hospitals);
  return Array.from({ length: pool.classes[0] > 0 ? count : 0 }, () => {
    const atS = pool.bursts && random() < 0.5 ? uniform(random, 6 * 3_600, 11 * 3_600) : uniform(random, 0, DAY_S);
    const lengthS = uniform(random, 120, 600);
    return { fromS: atS, toS: atS + lengthS, classIndex: 0, perSecond: uniform(random, 4, 20) / lengthS };
  });
}

/** A site whose archive was away sends what it kept back: 20 minutes of routine work within some minutes. */
function backlogs(pool, random) {
  if (random() > 0.1) return [];
  const fromS = uniform(random, 8.5 * 3_600, 16 * 3_600);
  const perSecond = 4 * pool.peakPerSecond * pool.classes[2];
  return [{ silentFromS: fromS, fromS: fromS + 1_200, toS: fromS + 1_500, classIndex: 2, perSecond }];
}

/** What happens to all pools of one site: many are hurt at once. */
export function accidentOf(seed) {
  const random = randomOf(seed, 29);
  const fromS = uniform(random, 14 * 3_600, 20 * 3_600);
  return { site: SITES[Math.floor(random() * SITES.length)], fromS, toS: fromS + uniform(random, 1_200, 2_400) };
}

const accidents = (pool, { site, fromS, toS }) =>
  pool.site === site ? [{ fromS, toS, classIndex: 0, perSecond: pool.peakPerSecond * pool.classes[0] }] : [];

function arrivalsOf(pool, random, { ticks, tickS, shapes, accident, into }) {
  const extras = [...bursts(pool, random), ...backlogs(pool, random), ...accidents(pool, accident)];
  // A site is busier or quieter than its plan.
  const level = uniform(random, 0.75, 1.1);
  for (let tick = 0; tick < ticks; tick += 1) {
    const second = tick * tickS;
    for (let index = 0; index < CLASSES.length; index += 1) {
      const busiest = pool.peakPerSecond * pool.classes[index];
      let perSecond = busiest * level * shapes[index][tick];
      for (const extra of extras) {
        if (extra.classIndex !== index || second < (extra.silentFromS ?? extra.fromS) || second >= extra.toS) continue;
        perSecond = second < extra.fromS ? 0 : perSecond + extra.perSecond;
      }
      if (perSecond > 0) into[tick * CLASSES.length + index] = Math.min(65_535, poisson(random, perSecond * tickS));
    }
  }
}

/**
 * A day of the fleet from midnight to midnight: how many requests of each class arrive at each pool in each tick.
 *
 * @returns `{ ticks, tickS, arrivals }`, `arrivals` a Uint16Array a pool, `[tick * 4 + class]`, in memory that threads share
 */
export function makeDay({ fleet, weekday, seed, tickS, say = () => undefined }) {
  const ticks = Math.round(DAY_S / tickS);
  const accident = accidentOf(seed);
  const shapes = CLASSES.map(({ name }) => {
    const shape = shapeOf(weekday, name);
    return Float64Array.from({ length: ticks }, (_, tick) => shape(tick * tickS));
  });
  const arrivals = fleet.map((pool, index) => {
    if (index % 50 === 0) say(`making the day: pool ${index + 1} of ${fleet.length}`);
    const into = new Uint16Array(new SharedArrayBuffer(2 * ticks * CLASSES.length));
    arrivalsOf(pool, randomOf(seed, 23, index), { ticks, tickS, shapes, accident, into });
    return into;
  });
  return { ticks, tickS, arrivals };
}
