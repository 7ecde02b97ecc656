import type { TwoSamples } from './stability-index';

/**
 * The largest distance between two distribution functions, looked for at the edges of classes only: never larger than between the
 * values themselves, so a test by it raises no more false alarms.
 */
export function ksDistance({ reference, window }: TwoSamples): number {
  const [n, m] = [reference, window].map((counts) => counts.reduce((total, count) => total + count, 0)) as [
    number,
    number,
  ];
  let [before, now, distance] = [0, 0, 0];
  for (const [at, count] of reference.entries()) {
    before += count / n;
    now += (window[at] ?? 0) / m;
    distance = Math.max(distance, Math.abs(before - now));
  }
  return distance;
}

const TERMS = 100;

/**
 * How likely so large a distance is without drift: Kolmogorov's distribution with Stephens' correction for small samples (Press et al.,
 * Numerical Recipes, section 14.3.3).
 *
 * @param n and m sizes of the two samples
 */
export function ksTail(distance: number, n: number, m: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  if (lambda < 0.2) return 1;
  let tail = 0;
  for (let k = 1; k <= TERMS; k += 1) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    tail += (k % 2 === 1 ? 2 : -2) * term;
    if (term < 1e-12) break;
  }
  return Math.min(1, Math.max(0, tail));
}
