import { drawer, drawnBinomial, type Drawer } from './seeded-draws';

/** Answers whose scores lie in one tenth, and what people said of them. */
export interface ScoreBin {
  readonly count: number;
  readonly scoreSum: number;
  readonly right: number;
}

export interface CalibratedBin {
  readonly count: number;
  readonly meanScore: number;
  readonly shareRight: number;
  /** Bounds of the share with 95 % confidence. */
  readonly low: number;
  readonly high: number;
}

export interface Calibration {
  readonly count: number;
  /** Expected calibration error, 0 to 1: by how much scores miss the share of right answers, on average. */
  readonly error: number;
  /** Bounds of the error with 95 % confidence, were these answers chosen at random. */
  readonly low: number;
  readonly high: number;
  /** Those that hold something. */
  readonly bins: readonly CalibratedBin[];
}

const Z = 1.959963984540054;

/** Wilson's interval of a share (Wilson, JASA 22, 1927): it holds also where few or all are right. */
export function wilson(right: number, count: number): { readonly low: number; readonly high: number } {
  const share = right / count;
  const scale = 1 + Z ** 2 / count;
  const centre = (share + Z ** 2 / (2 * count)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** The expected calibration error alone, 0 to 1 (Naeini et al., AAAI 2015; Guo et al., ICML 2017): `calibrate` draws samples. */
export function calibrationError(bins: readonly ScoreBin[]): number {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + Math.abs(bin.scoreSum - bin.right), 0) / Math.max(1, count);
}

const DRAWS = 400;

/** The errors of samples, ascending: `sample` gives the sum of what one bin's answers miss, over all bins. */
function sortedErrors(draws: number, count: number, sample: () => number): readonly number[] {
  return Array.from({ length: draws }, () => sample() / count).sort((one, other) => one - other);
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

/**
 * By how much the scores of a sample miss that is drawn anew, of the same size; each answer stands at the mean score of its bin. A bin of which
 * all are right may hold wrong ones yet: shares are drawn half an answer towards either side, as Jeffreys would.
 */
function missedAnew(bins: readonly ScoreBin[], count: number, random: Drawer): number {
  let [left, behind, missed] = [count, count, 0];
  for (const bin of bins) {
    const drawn = bin.count === behind ? left : drawnBinomial(left, bin.count / behind, random);
    left -= drawn;
    behind -= bin.count;
    const right = drawnBinomial(drawn, (bin.right + 0.5) / (bin.count + 1), random);
    missed += Math.abs((drawn * bin.scoreSum) / bin.count - right);
  }
  return missed;
}

/** By how much the scores of these answers would miss by chance alone, were each right as often as it says. */
const missedByChance = (bins: readonly ScoreBin[], random: Drawer): number =>
  bins.reduce(
    (missed, { count, scoreSum }) =>
      missed + Math.abs(scoreSum - drawnBinomial(count, Math.min(1, scoreSum / count), random)),
    0,
  );

/**
 * Ten bins always miss by something, and samples drawn from a sample miss by more than it did: an interval of their errors holds no small
 * error. So the lower bound is mirrored (the basic bootstrap: Davison and Hinkley, 1997, 5.2), and 0 where scores that are true would miss as much by chance;
 * the upper one is the larger of both kinds. Simulated, it holds the error in 90 to 100 of 100 samples of 20 to 20,000 answers.
 */
function errorInterval(bins: readonly ScoreBin[], count: number): { readonly low: number; readonly high: number } {
  const random = drawer(count);
  const error = calibrationError(bins);
  const anew = sortedErrors(DRAWS, count, () => missedAnew(bins, count, random));
  const byChance = sortedErrors(DRAWS, count, () => missedByChance(bins, random));
  const [least, most] = [quantile(anew, 0.025), quantile(anew, 0.975)];
  const low = error <= quantile(byChance, 0.975) ? 0 : 2 * error - most;
  return { low: Math.max(0, Math.min(error, low)), high: Math.min(1, Math.max(error, most, 2 * error - least)) };
}

/** An error below this is not worth an alarm, however sure: what people decide by scores seldom turns on less. */
const LEAST_ERROR = 0.15;
/** Share of scores that are true whose error is above the threshold. */
const FALSE_ALARMS = 0.01;
const THRESHOLD_DRAWS = 1_000;

/**
 * Above this the error is too large to be chance, of these scores and as many answers: that of 50 answers is often above 0.15 though every
 * score is true. What people said of the answers does not enter.
 */
export function calibrationThreshold(bins: readonly ScoreBin[]): number {
  const held = bins.filter((bin) => bin.count > 0);
  const count = held.reduce((sum, bin) => sum + bin.count, 0);
  if (count === 0) return 1;
  const random = drawer(count);
  const byChance = sortedErrors(THRESHOLD_DRAWS, count, () => missedByChance(held, random));
  return Math.max(LEAST_ERROR, quantile(byChance, 1 - FALSE_ALARMS));
}

/** @returns undefined where nobody said anything */
export function calibrate(bins: readonly ScoreBin[]): Calibration | undefined {
  const held = bins.filter((bin) => bin.count > 0);
  const count = held.reduce((sum, bin) => sum + bin.count, 0);
  if (count === 0) return undefined;
  return {
    count,
    error: calibrationError(held),
    ...errorInterval(held, count),
    bins: held.map((bin) => ({
      count: bin.count,
      meanScore: bin.scoreSum / bin.count,
      shareRight: bin.right / bin.count,
      ...wilson(bin.right, bin.count),
    })),
  };
}
