import type { Volume } from '../images/image-set';
import type { WindowLevel } from './window-level';

/** How values become brightness. */
export interface Shades {
  readonly window: WindowLevel;
  readonly isInverted: boolean;
}

/**
 * Brightness (0 to 255) of a value, by the function that the image names: the linear one of DICOM PS3.3 C.11.2.1.2.1, the sigmoid
 * (C.11.2.1.3.1) or the exact linear one (C.11.2.1.3.2). Windows too narrow for the linear one are exact.
 *
 * @param isExact whether a window that names no function is exact: where values are no whole numbers
 */
export function brightness(value: number, { window, isInverted }: Shades, isExact: boolean): number {
  // What is no number is black.
  const bounded = Math.round(Math.min(1, Math.max(0, shareOf(value, window, isExact))) * 255) || 0;
  return isInverted ? 255 - bounded : bounded;
}

function shareOf(value: number, { center, width, function: named }: WindowLevel, isExact: boolean): number {
  if (named === 'sigmoid') return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const isLinear = width > 1 && (named === undefined ? !isExact : named === 'linear');
  return isLinear ? (value - (center - 0.5)) / (width - 1) + 0.5 : (value - center) / width + 0.5;
}

/** Brightness by sample: of each there can be, at `sample + offset`; of floating samples there is no table. */
export interface GreyTable {
  readonly shades: Uint8Array;
  readonly offset: number;
}

/** Undefined of floating samples: there are too many. */
export function greyTable(
  { samples, slope, intercept }: Pick<Volume, 'samples' | 'slope' | 'intercept'>,
  shades: Shades,
): GreyTable | undefined {
  if (samples instanceof Float32Array) return undefined;
  const offset = samples instanceof Int16Array ? 32_768 : 0;
  const table = new Uint8Array(samples instanceof Uint8Array ? 256 : 65_536);
  const isExact = !Number.isInteger(slope);
  for (let at = 0; at < table.length; at += 1)
    table[at] = brightness((at - offset) * slope + intercept, shades, isExact);
  return { shades: table, offset };
}
