/** The value below which the share `q` of `values` lies (nearest rank); NaN of none. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

/** The value in the middle; between the two in the middle of an even number. */
export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What is said of the rounds of a figure. Rounds in which it could not be taken (NaN) do not count. */
export function spreadOf(rounds) {
  const taken = rounds.filter((value) => Number.isFinite(value));
  if (taken.length === 0) return { median: Number.NaN, min: Number.NaN, max: Number.NaN };
  return { median: median(taken), min: Math.min(...taken), max: Math.max(...taken) };
}

/**
 * The curve of a distribution for a plot: `[share, value]`, closer together towards the slow end, where the difference is. A
 * share is only given where at least one sample lies beyond it.
 */
export function quantileCurve(values) {
  const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
  return shares.filter((q) => values.length * (1 - q) >= 1).map((q) => [q, quantile(values, q)]);
}
