import type { Volume } from '../../pixels/picture';

/** At most this many samples are looked at, evenly spread. */
const MOST_SAMPLES = 400_000;
/** Fat, lung and air lie below this; water is 0, so no picture of a body in Hounsfield units is without such samples. */
const BELOW_WATER = -100;
const LEAST_BELOW_WATER = 0.001;
/** Above 12-bit CT numbers lies metal only. */
const ABOVE_BONE = 4000;
const MOST_ABOVE_BONE = 0.02;
/** Below this lies padding only (-1500, -2000, -3024, -32768 are in use), a constant in one series. */
const BELOW_AIR = -1100;
const MOST_PADDING_VALUES = 16;

/**
 * Whether the values of a volume can be Hounsfield units. Magnitudes (MR, labels, display values) are never negative; CT of
 * any body has air or fat, and needs more than the 256 steps of a picture for display. It is a test for refusing what is plainly something else, not proof of CT.
 */
export function canBeHounsfield({ samples, rescale }: Pick<Volume, 'samples' | 'rescale'>): boolean {
  if (samples instanceof Uint8Array) return false;
  const { slope, intercept } = rescale ?? { slope: 1, intercept: 0 };
  const stride = Math.max(1, Math.ceil(samples.length / MOST_SAMPLES));
  let looked = 0;
  let low = 0;
  let high = 0;
  const padding = new Set<number>();
  for (let i = 0; i < samples.length; i += stride) {
    const value = (samples[i] as number) * slope + intercept;
    if (value - value !== 0) return false; // NaN or infinite
    looked++;
    if (value < BELOW_WATER) low++;
    if (value > ABOVE_BONE) high++;
    if (value < BELOW_AIR && padding.size <= MOST_PADDING_VALUES) padding.add((value / 50) | 0);
  }
  return (
    low >= LEAST_BELOW_WATER * looked &&
    low > 0 &&
    high <= MOST_ABOVE_BONE * looked &&
    padding.size <= MOST_PADDING_VALUES
  );
}
