import type { Volume } from '@medserve/clinical';
import { z } from 'zod';
import { valueQuantiles } from '../../volume/value-quantiles';
import { needVolume } from '../need-volume';
import { makeSamples } from '../../samples';
import type { Step } from '../step';

const share = z.number().min(0).max(1);
const parameters = z
  .strictObject({
    using: z.enum(['min-max', 'quantiles']),
    lower: share.default(0),
    upper: share.default(1),
    as: z.enum(['uint8', 'float32']).default('float32'),
  })
  .refine(({ lower, upper }) => lower < upper, '"lower" has to be below "upper"')
  .refine(
    ({ using, lower, upper }) => using === 'quantiles' || (lower === 0 && upper === 1),
    '"min-max" takes no quantiles',
  );

/**
 * Brings the values of a volume without a fixed unit (MR) to 0..1 (float32) or 0..255 (uint8, rounded): from its smallest to its
 * largest value, or from one quantile to another with what lies beyond clamped. Which of them is part of the model: the
 * wrong one gives a well-formed, empty answer. A constant volume becomes 0.
 */
export const scale: Step<z.infer<typeof parameters>> = {
  id: 'scale',
  parameters,
  apply({ image, placement }, { lower, upper, as }) {
    return { image: scaled(needVolume(image), lower, upper, as), placement };
  },
};

function scaled({ rescale, ...volume }: Volume, lower: number, upper: number, as: 'uint8' | 'float32'): Volume {
  const isFalling = (rescale?.slope ?? 1) < 0;
  const [least, most] = isFalling
    ? valueQuantiles(volume.samples, 1 - upper, 1 - lower)
    : valueQuantiles(volume.samples, lower, upper);
  const [black, white] = isFalling ? [most, least] : [least, most];
  const top = as === 'uint8' ? 255 : 1;
  const gain = white === black ? 0 : top / (white - black);
  const half = as === 'uint8' ? 0.5 : 0;
  const samples = makeSamples(as, volume.samples.length);
  for (let i = 0; i < samples.length; i++) {
    const value = ((volume.samples[i] as number) - black) * gain;
    samples[i] = value > top ? top : value > 0 ? value + half : 0;
  }
  return { ...volume, sampleType: as, samples };
}
