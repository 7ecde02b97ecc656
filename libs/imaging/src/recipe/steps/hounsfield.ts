import { canBeHounsfield, type Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { z } from 'zod';
import { needVolume } from '../need-volume';
import { RANGES } from '../../samples';
import type { Step } from '../step';

const parameters = z.strictObject({});

/**
 * Stored values to Hounsfield units as int16, rounded and clamped (PS3.3 C.11.1.1.2). Values that cannot be Hounsfield units
 * are refused, since whatever is measured of them would be wrong.
 */
export const hounsfield: Step<z.infer<typeof parameters>> = {
  id: 'hounsfield',
  parameters,
  apply({ image, placement }) {
    const volume = needVolume(image);
    if (!canBeHounsfield(volume)) {
      throw new ServingError(
        'modality_mismatch',
        'The values of this volume cannot be Hounsfield units, so it is not CT.',
        {
          field: 'modality',
        },
      );
    }
    return { image: inHounsfield(volume), placement };
  },
};

function inHounsfield({ rescale, ...volume }: Volume): Volume {
  const { slope, intercept } = rescale ?? { slope: 1, intercept: 0 };
  if (volume.sampleType === 'int16' && slope === 1 && intercept === 0) return volume;
  const [low, high] = RANGES.int16;
  const samples = new Int16Array(volume.samples.length);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.floor((volume.samples[i] as number) * slope + intercept + 0.5);
    samples[i] = value < low ? low : value > high ? high : value;
  }
  return { ...volume, sampleType: 'int16', samples };
}
