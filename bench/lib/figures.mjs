import { spreadOf } from './statistics.mjs';

/*
 * What a scenario gives back: groups of figures, each group one plot and one table. A figure is one number a round, with what
 * it was measured against in the same round.
 */

/** A target that is met at this value and above. */
export const atLeast = (value) => ({ kind: 'at least', value });
/** A target that is met at this value and below. */
export const atMost = (value) => ({ kind: 'at most', value });

/**
 * @param label what the figure is of, within its group
 * @param unit of the rounds: `x` (a ratio), `ms`, `1/s`, `%`, `errors`
 * @param rounds one number a round
 * @param target absent: the figure informs, and nothing was promised
 * @param measured `{ unit, rounds }`: what was measured, where the figure is a ratio
 * @param baseline `{ label, unit, rounds }`: the other side of the ratio, or what the figure is to be compared with
 */
export const figure = ({ label, unit, rounds, target, measured, baseline }) => ({
  label,
  unit,
  rounds,
  ...spreadOf(rounds),
  ...(target === undefined ? {} : { target }),
  ...(measured === undefined ? {} : { measured: { ...measured, ...spreadOf(measured.rounds) } }),
  ...(baseline === undefined ? {} : { baseline: { ...baseline, ...spreadOf(baseline.rounds) } }),
});

/** A figure that is `measured` over `baseline`, round by round. */
export const ratio = ({ label, measured, baseline, target }) =>
  figure({
    label,
    unit: 'x',
    rounds: measured.rounds.map((value, round) => value / baseline.rounds[round]),
    target,
    measured,
    baseline,
  });

/** `met`, `missed`, `none` without a target, `unknown` where no round gave a number. The median decides. */
export function verdictOf({ median, target }) {
  if (target === undefined) return 'none';
  if (!Number.isFinite(median)) return 'unknown';
  return (target.kind === 'at least' ? median >= target.value : median <= target.value) ? 'met' : 'missed';
}

/** Whether other rounds say otherwise than the median: then the verdict hangs on the noise of the machine. */
export function isContested({ rounds, median, target }) {
  const verdict = verdictOf({ median, target });
  return rounds.some((value) => Number.isFinite(value) && verdictOf({ median: value, target }) !== verdict);
}

/** How many times the baseline; NaN without one in the same unit. */
export function timesBaseline({ unit, median, baseline }) {
  return baseline !== undefined && baseline.unit === unit ? median / baseline.median : Number.NaN;
}
