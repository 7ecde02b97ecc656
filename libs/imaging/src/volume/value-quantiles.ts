import type { Samples } from '@medserve/clinical';

const BINS = 65_536;

/** How often values occur: `low + index * width` is the value of a bin. */
interface Histogram {
  readonly counts: Uint32Array;
  readonly low: number;
  readonly width: number;
}

/**
 * Lower and upper quantile (0 to 1, nearest rank) of all finite samples: exact for integers, within 1/65,536 of the range for
 * floats. Every sample counts, since a stride would see few columns of a volume only.
 *
 * @returns `[0, 0]` when there is no finite sample
 */
export function valueQuantiles(samples: Samples, lower: number, upper: number): readonly [number, number] {
  const { counts, low, width } = samples instanceof Float32Array ? floatHistogram(samples) : integerHistogram(samples);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return [0, 0];
  const at = (share: number): number => {
    const rank = Math.round(share * (total - 1)) + 1;
    let seen = 0;
    return low + width * counts.findIndex((count) => (seen += count) >= rank);
  };
  return [at(lower), at(upper)];
}

function integerHistogram(samples: Exclude<Samples, Float32Array>): Histogram {
  const low = samples instanceof Int16Array ? -32_768 : 0;
  const counts = new Uint32Array(BINS);
  for (const value of samples) counts[value - low] = (counts[value - low] as number) + 1;
  return { counts, low, width: 1 };
}

function floatHistogram(samples: Float32Array): Histogram {
  const counts = new Uint32Array(BINS);
  let low = Infinity;
  let high = -Infinity;
  for (const value of samples) {
    if (value - value !== 0) continue; // NaN and infinities; cheaper than a call for each of millions
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { counts, low: 0, width: 0 };
  const width = (high - low) / (BINS - 1);
  for (const value of samples) {
    if (value - value !== 0) continue;
    const bin = width === 0 ? 0 : ((value - low) / width + 0.5) | 0;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { counts, low, width };
}
