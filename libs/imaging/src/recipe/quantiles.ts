import type { Samples } from '@medserve/clinical';

/** At most this many samples are looked at; above it every n-th is taken, so that a large film costs milliseconds. */
const MOST_SAMPLES = 65_536;

/**
 * Lower and upper quantile (0 to 1, nearest rank) of the finite samples. `[0, 0]` when none is finite.
 */
export function quantiles(samples: Samples, lower: number, upper: number): readonly [number, number] {
  const stride = Math.max(1, Math.ceil(samples.length / MOST_SAMPLES));
  const picked = new Float64Array(Math.ceil(samples.length / stride));
  let count = 0;
  for (let i = 0; i < samples.length; i += stride) {
    const value = samples[i] as number;
    if (Number.isFinite(value)) picked[count++] = value;
  }
  if (count === 0) return [0, 0];
  const sorted = picked.subarray(0, count).sort();
  const at = (share: number): number => sorted[Math.round(share * (count - 1))] as number;
  return [at(lower), at(upper)];
}
