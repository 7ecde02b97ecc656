import type { Histogram, LabelValues } from 'prom-client';

/** Of a histogram, what falls above its last bound. */
const BEYOND = '+Inf';

/** What prom-client keeps of a histogram and lets nobody set: pinned by the lock file, and held to by a test. */
interface Inside {
  readonly upperBounds: readonly number[];
  readonly hashMap: Readonly<
    Record<string, { readonly labels: object; bucketValues: Record<string, number>; sum: number; count: number }>
  >;
}

const insideOf = (histogram: object): Inside => histogram as unknown as Inside;

/** The bucket that a value falls into, by its upper bound as text. */
export function bucketOf<Labels extends string>(histogram: Histogram<Labels>, value: number): string {
  return String(insideOf(histogram).upperBounds.find((bound) => value <= bound) ?? BEYOND);
}

export interface KeptHistogram {
  /** Values in each bucket alone, by `bucketOf`. */
  readonly buckets: Readonly<Record<string, number>>;
  readonly sum: number;
}

/** Makes a histogram go on where another process left off; buckets that it does not have count as above its last bound. */
export function restoreHistogram<Labels extends string>(
  histogram: Histogram<Labels>,
  labels: LabelValues<Labels>,
  { buckets, sum }: KeptHistogram,
): void {
  histogram.zero(labels);
  const kept = Object.values(insideOf(histogram).hashMap).find((entry) => entry.labels === labels);
  if (kept === undefined) throw new Error('prom-client keeps histograms otherwise than it did');
  kept.sum = sum;
  for (const [bound, count] of Object.entries(buckets)) {
    kept.count += count;
    if (Object.hasOwn(kept.bucketValues, bound)) kept.bucketValues[bound] = count;
  }
}
