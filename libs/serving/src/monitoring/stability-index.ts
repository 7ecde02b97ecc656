import { chiSquaredTail } from './chi-squared';

/** Added to each count, so that an empty class has a logarithm. */
const HALF = 0.5;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Counts of the same classes at two times. */
export interface TwoSamples {
  readonly reference: readonly number[];
  readonly window: readonly number[];
}

/**
 * Merges classes until each holds at least a tenth of the reference, so that no rare one decides: neighbours of numbers; of words,
 * from the most frequent to the rarest. What is left at an end is a class of its own: where most values are the largest there is, or all
 * are one, what comes on the other side of it would be seen, and what comes on this side would not.
 */
export function mergedClasses({ reference, window }: TwoSamples, classes: number): TwoSamples {
  const least = sum(reference) / classes;
  const [few, fewThen]: [number[], number[]] = [[], []];
  let [held, heldThen] = [0, 0];
  const close = (): void => {
    if (held + heldThen === 0) return;
    few.push(held);
    fewThen.push(heldThen);
    [held, heldThen] = [0, 0];
  };
  for (const [at, count] of reference.entries()) {
    const isEnough = count >= least * (1 - 1e-9);
    if (isEnough && few.length === 0) close();
    held += count;
    heldThen += window[at] ?? 0;
    if (held >= least * (1 - 1e-9)) close();
  }
  close();
  return { reference: few, window: fewThen };
}

/** The population stability index: the sum of (q - p) ln(q / p), which is Jeffreys' divergence of the two distributions. */
export function stabilityIndex({ reference, window }: TwoSamples): number {
  const [before, now] = [sum(reference) + HALF * reference.length, sum(window) + HALF * reference.length];
  return reference.reduce((index, count, at) => {
    const [p, q] = [(count + HALF) / before, ((window[at] ?? 0) + HALF) / now];
    return index + (q - p) * Math.log(q / p);
  }, 0);
}

/**
 * Without any drift the index is about (1/n + 1/m) times a chi-squared variable with one degree of freedom less than there are classes
 * (Yurdakul, Statistical Properties of Population Stability Index, Western Michigan University, 2018, section 3; Yurdakul and Naranjo,
 * Journal of Risk Model Validation 14(4), 2020): the usual bounds of 0.1 and 0.25 say nothing without the sizes of the samples.
 */
const scaleOf = ({ reference, window }: TwoSamples): number => 1 / sum(reference) + 1 / sum(window);

/** How likely so large an index is without drift. */
export const stabilityTail = (samples: TwoSamples): number =>
  samples.reference.length < 2 ? 1 : chiSquaredTail(stabilityIndex(samples) / scaleOf(samples), freedomOf(samples));

/** Degrees of freedom of the index. */
export const freedomOf = ({ reference }: TwoSamples): number => Math.max(1, reference.length - 1);

/** What the index is above as rarely as a chi-squared variable of its freedom is above `quantile`. */
export const stabilityThreshold = (samples: TwoSamples, quantile: number): number => scaleOf(samples) * quantile;
