import type { Rescale, Samples, Window, WindowFunction } from '@medserve/clinical';
import type { DataSet } from './data-set';
import type { PixelFormat } from './pixel-format';
import { TAG } from './tags';

export interface Values {
  readonly rescale?: Rescale;
  readonly window?: Window;
}

/**
 * The modality rescale and the first display window (PS3.3 C.11.1, C.11.2), from the functional groups of an enhanced object
 * where it has them. CT values are Hounsfield units unless the object names another unit.
 *
 * @param groups the data sets that may hold the attributes, the most specific first
 */
export function readValues(groups: readonly DataSet[], modality: string | undefined): Values {
  const holder = (tag: number): DataSet | undefined => groups.find((group) => group.has(tag));
  const slope = holder(TAG.rescaleSlope)?.decimal(TAG.rescaleSlope);
  const intercept = holder(TAG.rescaleIntercept)?.decimal(TAG.rescaleIntercept);
  const unit = unitOf(holder(TAG.rescaleType)?.code(TAG.rescaleType), modality);
  const window = readWindow(holder(TAG.windowCentre), holder(TAG.windowWidth));
  return {
    ...(slope !== undefined && slope !== 0 && intercept !== undefined
      ? { rescale: { slope, intercept, ...(unit === undefined ? {} : { unit }) } }
      : {}),
    ...(window === undefined ? {} : { window }),
  };
}

/** By the defined terms of VOI LUT Function; the linear one where there is no other. */
const FUNCTIONS: Readonly<Record<string, WindowFunction>> = { LINEAR_EXACT: 'linear-exact', SIGMOID: 'sigmoid' };

/** @returns undefined of a width that the function does not have (PS3.3 C.11.2.1.2.1, C.11.2.1.3) */
function readWindow(centred: DataSet | undefined, widened: DataSet | undefined): Window | undefined {
  const [centre, width] = [centred?.decimal(TAG.windowCentre), widened?.decimal(TAG.windowWidth)];
  if (centre === undefined || width === undefined) return undefined;
  const shape = FUNCTIONS[centred?.code(TAG.voiLutFunction) ?? ''];
  if (shape === undefined) return width >= 1 ? { centre, width } : undefined;
  return width > 0 ? { centre, width, shape } : undefined;
}

/** `US` is the standard's word for "unspecified". */
function unitOf(type: string | undefined, modality: string | undefined): string | undefined {
  if (type === undefined) return modality === 'CT' ? 'HU' : undefined;
  return type === 'US' ? undefined : type;
}

/**
 * MONOCHROME1 turned round, in place: the smallest stored value becomes the largest (`top - stored`), so that larger is
 * brighter. The values that the rescale gives are mirrored with it, and the window at the same point, so a window shows
 * what it showed; mirrored values have no unit any more.
 */
export function turnMonochrome1(
  samples: Samples,
  { signed, bitsStored, float }: Pick<PixelFormat, 'signed' | 'bitsStored' | 'float'>,
  { rescale, window }: Values,
): Values {
  const top = float ? 0 : signed ? -1 : 2 ** bitsStored - 1;
  for (let index = 0; index < samples.length; index += 1) samples[index] = top - (samples[index] ?? 0);
  const { slope, intercept } = rescale ?? { slope: 1, intercept: 0 };
  return {
    ...(rescale === undefined ? {} : { rescale: { slope, intercept } }),
    ...(window === undefined ? {} : { window: turnedWindow(window, slope * top + 2 * intercept) }),
  };
}

/** The linear function is symmetric about centre - 0.5 (PS3.3 C.11.2.1.2.1), the others about the centre. */
function turnedWindow(window: Window, sum: number): Window {
  const isLinear = window.shape === undefined || window.shape === 'linear';
  return { ...window, centre: sum - window.centre + (isLinear ? 1 : 0) };
}

/**
 * Pixels that hold no image (Pixel Padding Value, PS3.3 C.7.5.1.1.2) and are darker than all that do take the darkest value of
 * those, in place: far outside of the image's own range, they would decide every window and every percentile.
 *
 * @param brightest whether dark is a large value (MONOCHROME1, before it is turned round)
 */
export function darkenPadding(dataSet: DataSet, samples: Samples, signed: boolean, brightest: boolean): void {
  const value = dataSet.pixelValue(TAG.pixelPaddingValue, signed);
  if (value === undefined) return;
  const limit = dataSet.pixelValue(TAG.pixelPaddingRangeLimit, signed) ?? value;
  const [low, high] = [Math.min(value, limit), Math.max(value, limit)];
  let [darkest, lightest, padding] = [Infinity, -Infinity, 0];
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] as number;
    if (sample >= low && sample <= high) padding += 1;
    else {
      if (sample < darkest) darkest = sample;
      if (sample > lightest) lightest = sample;
    }
  }
  if (padding === 0 || padding === samples.length) return;
  const dark = brightest ? lightest : darkest;
  // Inside of the range it does no harm, and after lossy compression it is not only padding that has the value.
  const isOutside = brightest ? low > dark : high < dark;
  if (!isOutside) return;
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] as number;
    if (sample >= low && sample <= high) samples[index] = dark;
  }
}
