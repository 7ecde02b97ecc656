import type { Pool, Totals } from './pool';

/** What was seen of a pool at one time. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly pool: Pool;
}

/** Samples kept of each pool: ten minutes at one every two seconds. */
export const SAMPLES_KEPT = 300;

export type History = ReadonlyMap<string, readonly Sample[]>;

/** With what was told now; pools that are gone are forgotten. */
export function withSample(history: History, pools: readonly Pool[], atMs: number): History {
  return new Map(
    pools.map((pool) => [pool.name, [...(history.get(pool.name) ?? []), { atMs, pool }].slice(-SAMPLES_KEPT)]),
  );
}

/**
 * Endings a second between two samples. A count that fell began anew with a router: what it shows now is what came since.
 *
 * @returns undefined where nothing can be said: one of them tells none, or no time has passed
 */
export function rate(before: Sample, after: Sample, count: keyof Totals): number | undefined {
  const [from, to] = [before.pool.totals?.[count], after.pool.totals?.[count]];
  const seconds = (after.atMs - before.atMs) / 1_000;
  if (from === undefined || to === undefined || seconds <= 0) return undefined;
  return (to >= from ? to - from : to) / seconds;
}

/** Seconds over which the table tells rates: short enough to be now, long enough to be steady. */
const NOW_MS = 30_000;

/** Endings a second of late; undefined where too little is known. */
export function rateNow(samples: readonly Sample[], count: keyof Totals): number | undefined {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const recent = samples.filter(({ atMs }) => last.atMs - atMs <= NOW_MS);
  let [sum, ms] = [0, 0];
  for (const [index, sample] of recent.entries()) {
    const before = recent[index - 1];
    const found = before && rate(before, sample, count);
    if (before === undefined || found === undefined) continue;
    sum += (found * (sample.atMs - before.atMs)) / 1_000;
    ms += sample.atMs - before.atMs;
  }
  return ms === 0 ? undefined : sum / (ms / 1_000);
}

/** One line of a chart: times in seconds since 1970, and a value at each, or a gap. */
export interface Line {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** How a figure went. */
export const lineOf = (samples: readonly Sample[], figure: (pool: Pool) => number): Line => ({
  times: samples.map(({ atMs }) => atMs / 1_000),
  values: samples.map(({ pool }) => figure(pool)),
});

/** How a rate went; its first value is a gap. */
export const rateLineOf = (samples: readonly Sample[], count: keyof Totals): Line => ({
  times: samples.map(({ atMs }) => atMs / 1_000),
  values: samples.map((sample, index) => {
    const before = samples[index - 1];
    return (before && rate(before, sample, count)) ?? null;
  }),
});
