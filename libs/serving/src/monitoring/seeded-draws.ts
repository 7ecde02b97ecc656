/** Numbers that look drawn, 0 to 1 without 1. */
export type Drawer = () => number;

const { imul, sqrt, log, cos, PI } = Math;

/** mulberry32: the same draws each time, so that the same figures are shown for the same answers. */
export function drawer(seed: number): Drawer {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = imul(state ^ (state >>> 15), 1 | state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** From so many expected successes on, and as many failures, the normal curve does for a binomial variable. */
const LARGE = 30;

/** How many of `trials` succeed, each with the same probability. As dear for millions of them as for few. */
export function drawnBinomial(trials: number, probability: number, random: Drawer): number {
  if (trials <= 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - drawnBinomial(trials, 1 - probability, random);
  if (trials * probability < LARGE) return byInversion(trials, probability, random);
  const spread = sqrt(trials * probability * (1 - probability));
  return Math.min(trials, Math.max(0, Math.round(trials * probability + spread * drawnNormal(random))));
}

/** Walks up the distribution until it has passed what was drawn. */
function byInversion(trials: number, probability: number, random: Drawer): number {
  const odds = probability / (1 - probability);
  let left = random();
  let mass = (1 - probability) ** trials;
  let successes = 0;
  while (left >= mass && successes < trials) {
    left -= mass;
    successes += 1;
    mass *= (odds * (trials - successes + 1)) / successes;
  }
  return successes;
}

/** Box and Muller, Annals of Mathematical Statistics 29, 1958. */
const drawnNormal = (random: Drawer): number => sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
