import type { Decoded } from './picture';

/** How far apart pixels are: not known, below 0.05, 0.5 or 1.5 millimetres, or more. */
export type Spacing = 'none' | 'microscopic' | 'fine' | 'middle' | 'coarse';

/** What an image is like, whatever it shows. */
export interface SampleStatistics {
  readonly rows: number;
  readonly columns: number;
  /** 1 of a picture. */
  readonly slices: number;
  /** Of `mean` and `sd`: as stored, or in the unit that the header rescales to, such as HU. */
  readonly values: 'stored' | 'rescaled';
  readonly mean: number;
  readonly sd: number;
  /** Share of samples that have the smallest or the largest value of all. */
  readonly clipped: number;
  readonly spacing: Spacing;
}

/** Samples looked at, at most: figures of so many are as good as those of all, and a large volume costs no more than a picture. */
const LOOKED_AT = 16_384;

/** The fraction of the golden ratio: its multiples fall evenly, and in step with no other number. */
const GOLDEN = 0.618_033_988_749_895;

/**
 * Places of samples that stand for all: one of each stretch, now here, now there within it (an additive recurrence: Kuipers and Niederreiter,
 * Uniform Distribution of Sequences, 1974, 2.3). Of steps that are all the same, those of nearly a row go down a diagonal of every slice.
 */
function* placesOf(length: number): Generator<number> {
  const stretch = Math.ceil(length / LOOKED_AT);
  for (let from = 0, turn = 0; from < length; from += stretch, turn += 1) {
    const place = from + Math.floor(stretch * ((turn * GOLDEN) % 1));
    if (place < length) yield place;
  }
}

const CLASSES: readonly (readonly [below: number, spacing: Spacing])[] = [
  [0.05, 'microscopic'],
  [0.5, 'fine'],
  [1.5, 'middle'],
];

function spacingOf(mm: number | undefined): Spacing {
  if (mm === undefined) return 'none';
  return CLASSES.find(([below]) => mm < below)?.[1] ?? 'coarse';
}

/** Five digits: what tells distributions apart, and keeps a record short. */
const short = (value: number): number => Number(value.toPrecision(5));

/** @returns undefined where no sample is a finite number, or the header's scale takes them out of the range of numbers */
export function sampleStatistics(decoded: Decoded): SampleStatistics | undefined {
  const { samples, rescale } = decoded;
  const isPicture = decoded.kind === 'picture';
  const [rows, columns] = isPicture ? [decoded.height, decoded.width] : [decoded.rows, decoded.columns];
  let [count, mean, squares] = [0, 0, 0];
  let [smallest, largest, atSmallest, atLargest] = [Infinity, -Infinity, 0, 0];
  for (const at of placesOf(samples.length)) {
    const value = samples[at] as number;
    if (!Number.isFinite(value)) continue;
    count += 1;
    // Welford's method: sums of squares of large values would lose what differs between them.
    const difference = value - mean;
    mean += difference / count;
    squares += difference * (value - mean);
    if (value < smallest) [smallest, atSmallest] = [value, 0];
    if (value > largest) [largest, atLargest] = [value, 0];
    if (value === smallest) atSmallest += 1;
    if (value === largest) atLargest += 1;
  }
  if (count === 0) return undefined;
  const clipped = smallest === largest ? count : atSmallest + atLargest;
  const { slope, intercept } = rescale ?? { slope: 1, intercept: 0 };
  const [scaledMean, scaledSd] = [mean * slope + intercept, Math.sqrt(squares / count) * Math.abs(slope)];
  if (!Number.isFinite(scaledMean) || !Number.isFinite(scaledSd)) return undefined;
  return {
    rows,
    columns,
    slices: isPicture ? 1 : decoded.slices,
    values: rescale === undefined ? 'stored' : 'rescaled',
    mean: short(scaledMean),
    sd: short(scaledSd),
    clipped: Number((clipped / count).toFixed(3)),
    spacing: spacingOf(isPicture ? decoded.spacingMm?.row : decoded.geometry.spacingMm.row),
  };
}
