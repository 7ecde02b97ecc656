import type { Decoded } from '@medserve/clinical';
import { z } from 'zod';
import type { Step } from '../step';

/** Stored values to values with a meaning, such as Hounsfield units (PS3.3 C.11.1.1.2); the result is float32. */
export const rescale: Step<Record<string, never>> = {
  id: 'rescale',
  parameters: z.strictObject({}),
  apply: ({ image, placement }) => ({ image: rescaled(image), placement }),
};

function rescaled(image: Decoded): Decoded {
  const { slope, intercept, unit } = image.rescale ?? { slope: 1, intercept: 0 };
  const { samples } = image;
  const values = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) values[i] = (samples[i] as number) * slope + intercept;
  return {
    ...image,
    sampleType: 'float32',
    samples: values,
    rescale: { slope: 1, intercept: 0, ...(unit === undefined ? {} : { unit }) },
  };
}
