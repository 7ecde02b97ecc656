import type { Picture } from '@medserve/clinical';

/**
 * The sigmoid window of PS3.3 C.11.2.1.3.1: 255 / (1 + exp(-4 (x - centre) / width)). The picture has its window, with a centre that is
 * half a value above that of the function.
 */
export function sigmoid(picture: Picture): Picture {
  const { kind, width, height, samples, window, rescale = { slope: 1, intercept: 0 } } = picture;
  const { centre, width: spread } = window ?? { centre: 0.5, width: 1 };
  const out = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) {
    const value = (samples[index] ?? 0) * rescale.slope + rescale.intercept;
    out[index] = Math.round(255 / (1 + Math.exp((-4 * (value - (centre - 0.5))) / spread)));
  }
  return { kind, width, height, channels: 1, sampleType: 'uint8', samples: out };
}
