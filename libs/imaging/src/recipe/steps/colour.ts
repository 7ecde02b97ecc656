import type { Picture } from '@medserve/clinical';
import { z } from 'zod';
import { needPicture } from '../need-picture';
import { makeSamples } from '../../samples';
import type { Step } from '../step';

const parameters = z.strictObject({ to: z.enum(['rgb', 'grey']) });

/** One channel to three equal ones, or three to their luma (ITU-R BT.601), as the model wants it. */
export const colour: Step<z.infer<typeof parameters>> = {
  id: 'colour',
  parameters,
  apply({ image, placement }, { to }) {
    const picture = needPicture(image);
    const channels = to === 'rgb' ? 3 : 1;
    if (picture.channels === channels) return { image: picture, placement };
    return { image: to === 'rgb' ? spread(picture) : luma(picture), placement };
  },
};

function spread(picture: Picture): Picture {
  const { samples, sampleType } = picture;
  const out = makeSamples(sampleType, samples.length * 3);
  for (let i = 0, at = 0; i < samples.length; i++) {
    const value = samples[i] as number;
    out[at++] = value;
    out[at++] = value;
    out[at++] = value;
  }
  return { ...picture, channels: 3, samples: out };
}

function luma(picture: Picture): Picture {
  const { samples, sampleType } = picture;
  const out = makeSamples(sampleType, samples.length / 3);
  const half = sampleType === 'float32' ? 0 : 0.5;
  for (let i = 0, at = 0; i < out.length; i++, at += 3) {
    const value =
      0.299 * (samples[at] as number) + 0.587 * (samples[at + 1] as number) + 0.114 * (samples[at + 2] as number);
    out[i] = half === 0 ? value : Math.floor(value + half);
  }
  return { ...picture, channels: 1, samples: out };
}
