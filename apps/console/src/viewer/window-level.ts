import type { WindowFunction } from '@medserve/clinical';
import type { Volume } from '../images/image-set';

/** Which values are shown from black to white (DICOM PS3.3 C.11.2.1.2), in the unit of the image. */
export interface WindowLevel {
  readonly center: number;
  readonly width: number;
  /** By which function (PS3.3 C.11.2.1.3), where the image says so. */
  readonly function?: WindowFunction;
}

/** Windows that readers of CT use, in Hounsfield units; keys 1 to 6. */
export const CT_PRESETS = [
  { name: 'softTissue', center: 40, width: 400 },
  { name: 'lung', center: -600, width: 1500 },
  { name: 'bone', center: 480, width: 2500 },
  { name: 'brain', center: 40, width: 80 },
  { name: 'liver', center: 60, width: 160 },
  { name: 'vessels', center: 300, width: 700 },
] as const;

/** Samples looked at to find where an image's values lie: enough for percentiles, few enough for a first look at once. */
const LOOKED_AT = 65_536;

type Values = Pick<Volume, 'samples' | 'slope' | 'intercept'>;

const stepOf = ({ length }: Volume['samples']): number => Math.max(1, Math.floor(length / LOOKED_AT));

const ascending = (a: number, b: number): readonly [number, number] => (a <= b ? [a, b] : [b, a]);

/** The least and the greatest value among the samples that are looked at, in the unit of the image: `percentiles` 0 and 1, unsorted. */
export function extremes({ samples, slope, intercept }: Values): readonly [number, number] {
  const step = stepOf(samples);
  let [least, greatest] = [Infinity, -Infinity];
  for (let at = 0; at < samples.length; at += step) {
    const sample = samples[at] ?? 0;
    if (!Number.isFinite(sample)) continue;
    if (sample < least) least = sample;
    if (sample > greatest) greatest = sample;
  }
  return least > greatest ? [intercept, intercept] : ascending(least * slope + intercept, greatest * slope + intercept);
}

/** The values below which `low` and `high` (0 to 1) of the samples lie, in the unit of the image. */
export function percentiles(
  { samples, slope, intercept }: Values,
  low: number,
  high: number,
): readonly [number, number] {
  const step = stepOf(samples);
  const found: number[] = [];
  for (let at = 0; at < samples.length; at += step) {
    const sample = samples[at] ?? 0;
    if (Number.isFinite(sample)) found.push(sample);
  }
  const sorted = Float64Array.from(found).sort();
  const at = (share: number): number => (sorted[Math.round(share * (sorted.length - 1))] ?? 0) * slope + intercept;
  return ascending(at(low), at(high));
}

/** Whether two show every value alike. */
export const isSameWindow = (one: WindowLevel, other: WindowLevel): boolean =>
  one.center === other.center && one.width === other.width && one.function === other.function;

/** One without what else is known of it, the name of a preset say. */
export const bareWindow = ({ center, width, function: named }: WindowLevel): WindowLevel => ({
  center,
  width,
  ...(named === undefined ? {} : { function: named }),
});

/** The window from one value to another; never without width. */
export const windowOver = (from: number, to: number): WindowLevel => ({
  center: (from + to) / 2,
  width: Math.max(to - from, Number.EPSILON * Math.max(1, Math.abs(from), Math.abs(to))),
});

/** Samples of eight bits were made to be looked at: all of them from black to white. */
const ALL_OF_A_BYTE: WindowLevel = { center: 128, width: 256 };

/** How an image is shown first: by a window that is known for it, as it was made to be looked at, or by where its values lie. */
export function firstWindow(volume: Volume, known: WindowLevel | undefined): WindowLevel {
  if (known !== undefined && known.width > 0) return known;
  if (volume.samples instanceof Uint8Array && volume.slope === 1 && volume.intercept === 0) return ALL_OF_A_BYTE;
  return windowOver(...percentiles(volume, 0.01, 0.99));
}

/**
 * A drag to the right widens the window, a drag down raises its centre: a canvas' width is a whole window. Its function stays.
 * @param dx share of the canvas' width @param dy share of its height
 */
export function dragWindow({ center, width, ...rest }: WindowLevel, dx: number, dy: number): WindowLevel {
  return {
    ...rest,
    center: center + dy * width,
    width: Math.max(width * Math.exp(dx * 2), Math.abs(center) * 1e-6 + 1e-9),
  };
}
