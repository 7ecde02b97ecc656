import { chiSquaredQuantile } from './chi-squared';
import { correctedLevel } from './false-discovery';
import { ksDistance, ksTail } from './kolmogorov-smirnov';
import {
  freedomOf,
  mergedClasses,
  stabilityIndex,
  stabilityTail,
  stabilityThreshold,
  type TwoSamples,
} from './stability-index';

/** When two samples are said to differ. */
export interface DriftRules {
  /** Share of false ones among all alarms that is put up with. */
  readonly falseDiscoveryRate: number;
  /** Differences below these are not worth an alarm, however sure: of the stability index, of the Kolmogorov-Smirnov distance. */
  readonly leastIndex: number;
  readonly leastDistance: number;
}

/** The index by which credit scoring says "look" (Siddiqi, Credit Risk Scorecards, 2006), and the distance that goes with it. */
export const DRIFT_RULES: DriftRules = { falseDiscoveryRate: 0.01, leastIndex: 0.1, leastDistance: 0.1 };

export interface DriftVerdict {
  readonly psi: number;
  /** The index is drift above this, by the sizes of both samples and by how many series are looked at. */
  readonly psiThreshold: number;
  readonly ks: number;
  /** The same of the distance. Words have no order and so no distance: 0, and a threshold of 1. */
  readonly ksThreshold: number;
  readonly hasDrifted: boolean;
  readonly referenceSamples: number;
  readonly windowSamples: number;
}

export interface Comparison {
  readonly samples: TwoSamples;
  readonly isOrdered: boolean;
}

/** Classes of the stability index: the tenths that its bounds were made for. */
const CLASSES = 10;

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Judges all series together: the more are looked at, the surer one has to be of each. Verdicts in the order of the comparisons. */
export function judgeDrift(comparisons: readonly Comparison[], rules: DriftRules = DRIFT_RULES): DriftVerdict[] {
  const measured = comparisons.map(({ samples, isOrdered }) => {
    const coarse = mergedClasses(samples, CLASSES);
    const [n, m] = [total(samples.reference), total(samples.window)];
    const ks = isOrdered ? ksDistance(samples) : 0;
    return { coarse, n, m, isOrdered, ks, psi: stabilityIndex(coarse), psiTail: stabilityTail(coarse) };
  });
  const tails = measured.flatMap(({ psiTail, isOrdered, ks, n, m }) =>
    isOrdered ? [psiTail, ksTail(ks, n, m)] : [psiTail],
  );
  const level = correctedLevel(tails, rules.falseDiscoveryRate);
  const quantileOf = quantilesAt(level);
  return measured.map(({ coarse, n, m, isOrdered, ks, psi }) => {
    const psiThreshold = Math.max(rules.leastIndex, stabilityThreshold(coarse, quantileOf(freedomOf(coarse))));
    const ksThreshold = isOrdered ? Math.max(rules.leastDistance, ksThresholdOf(level, n, m)) : 1;
    const hasDrifted = psi > psiThreshold || ks > ksThreshold;
    return { psi, psiThreshold, ks, ksThreshold, hasDrifted, referenceSamples: n, windowSamples: m };
  });
}

/** Quantiles at one level, each looked for once: thousands of series have a few freedoms between them. */
function quantilesAt(level: number): (freedom: number) => number {
  const known = new Map<number, number>();
  return (freedom) => {
    const quantile = known.get(freedom) ?? chiSquaredQuantile(level, freedom);
    known.set(freedom, quantile);
    return quantile;
  };
}

/** The first term of Kolmogorov's series, which is all of it where alarms are rare, solved for the distance. */
function ksThresholdOf(level: number, n: number, m: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  return Math.sqrt(-Math.log(level / 2) / 2) / (root + 0.12 + 0.11 / root);
}
