import type { Datatype, Picture, Samples, SampleType } from '@medserve/clinical';
import { z } from 'zod';
import { needPicture } from '../need-picture';
import { convertSamples, makeSamples } from '../../samples';
import type { LayoutStep } from '../step';

const parameters = z.strictObject({
  order: z.enum(['hw', 'hwc', 'chw', 'nhw', 'nhwc', 'nchw']),
  as: z.enum(['uint8', 'uint16', 'int16', 'float32']),
});

const DATATYPES: Readonly<Record<SampleType, Datatype>> = {
  uint8: 'UINT8',
  uint16: 'UINT16',
  int16: 'INT16',
  float32: 'FP32',
};

/**
 * A picture as a tensor: `n` is 1, `h` rows, `w` columns, `c` channels. Without `c` the picture has to have one channel.
 * Values that do not fit the type are clamped.
 */
export const layout: LayoutStep<z.infer<typeof parameters>> = {
  id: 'layout',
  parameters,
  lay({ image }, name, { order, as }) {
    const picture = needPicture(image);
    if (!order.includes('c') && picture.channels !== 1) {
      throw new Error(`Layout "${order}" needs one channel; a "colour" step has to come before it.`);
    }
    const sizes: Readonly<Record<string, number>> = { n: 1, h: picture.height, w: picture.width, c: picture.channels };
    const data = convertSamples(order.includes('ch') ? planes(picture) : picture.samples, picture.sampleType, as);
    return { name, datatype: DATATYPES[as], shape: order.split('').map((axis) => sizes[axis] as number), data };
  },
};

/** Interleaved samples as one plane a channel. */
function planes({ samples, sampleType, channels, width, height }: Picture): Samples {
  if (channels === 1) return samples;
  const area = width * height;
  const out = makeSamples(sampleType, samples.length);
  for (let i = 0, at = 0; i < area; i++) {
    for (let channel = 0; channel < channels; channel++) out[channel * area + i] = samples[at++] as number;
  }
  return out;
}
