import type { Picture, Rescale, Samples, SampleType } from '@medserve/clinical';
import { makeSamples, RANGES } from '../recipe/samples';

export interface CommonSamples {
  readonly sampleType: SampleType;
  readonly samples: Samples;
  readonly rescale?: Rescale;
}

/**
 * The samples of all slices in one array. Slices that share sample type and rescale keep their stored values; where they
 * differ (PET and some CT rescale each slice on its own) the rescale is applied, to int16 if every value fits, else to float32.
 */
export function commonSamples(pictures: readonly Picture[]): CommonSamples {
  const [first] = pictures as readonly [Picture, ...Picture[]];
  if (
    pictures.every((picture) => picture.sampleType === first.sampleType && sameMapping(picture.rescale, first.rescale))
  ) {
    const samples = join(pictures, first.sampleType, false);
    return { sampleType: first.sampleType, samples, ...(first.rescale !== undefined && { rescale: first.rescale }) };
  }
  const sampleType = pictures.every(fitsInt16) ? 'int16' : 'float32';
  const named = pictures.find((picture) => picture.rescale?.unit !== undefined)?.rescale?.unit;
  return {
    sampleType,
    samples: join(pictures, sampleType, true),
    rescale: { slope: 1, intercept: 0, ...(named !== undefined && { unit: named }) },
  };
}

const NONE: Rescale = { slope: 1, intercept: 0 };

function sameMapping(a: Rescale = NONE, b: Rescale = NONE): boolean {
  return a.slope === b.slope && a.intercept === b.intercept;
}

function fitsInt16({ samples, sampleType, rescale = NONE }: Picture): boolean {
  if (sampleType === 'float32' || !Number.isInteger(rescale.slope) || !Number.isInteger(rescale.intercept))
    return false;
  const [low, high] = RANGES.int16;
  for (const sample of samples) {
    const value = sample * rescale.slope + rescale.intercept;
    if (value < low || value > high) return false;
  }
  return true;
}

function join(pictures: readonly Picture[], type: SampleType, isRescaled: boolean): Samples {
  const area = (pictures[0] as Picture).samples.length;
  const out = makeSamples(type, area * pictures.length);
  pictures.forEach(({ samples, rescale = NONE }, slice) => {
    if (!isRescaled) out.set(samples, slice * area);
    else
      for (let i = 0; i < area; i++) out[slice * area + i] = (samples[i] as number) * rescale.slope + rescale.intercept;
  });
  return out;
}
