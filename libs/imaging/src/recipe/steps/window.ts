import type { Picture, Rescale } from '@medserve/clinical';
import { z } from 'zod';
import { needPicture } from '../need-picture';
import { valueQuantiles } from '../../volume/value-quantiles';
import type { Step } from '../step';
import { shadeBetween, shadeOf, type Shade } from '../window-function';

const share = z.number().min(0).max(1);
const parameters = z
  .discriminatedUnion('using', [
    z.strictObject({
      using: z.literal('header-or-percentiles'),
      lower: share.default(0.005),
      upper: share.default(0.995),
    }),
    z.strictObject({ using: z.literal('percentiles'), lower: share.default(0.005), upper: share.default(0.995) }),
    z.strictObject({ using: z.literal('fixed'), centre: z.number(), width: z.number().min(1) }),
  ])
  .refine((value) => value.using === 'fixed' || value.lower < value.upper, '"lower" has to be below "upper"');

type Parameters = z.infer<typeof parameters>;

/**
 * Values to 8 bit as a display would: by the header's window, a fixed one, or the percentiles of this image.
 * An 8-bit RGB picture passes unchanged, as does an 8-bit grey one without a window under `header-or-percentiles`: both are
 * display values already. Deep RGB is brought to 8 bit by its percentiles over all channels, which keeps hues.
 */
export const window: Step<Parameters> = {
  id: 'window',
  parameters,
  apply: ({ image, placement }, wanted) => ({ image: windowed(needPicture(image), wanted), placement }),
};

function windowed(picture: Picture, wanted: Parameters): Picture {
  const isDisplayReady =
    picture.sampleType === 'uint8' &&
    (picture.channels === 3 || (wanted.using === 'header-or-percentiles' && picture.window === undefined));
  const samples = isDisplayReady ? (picture.samples as Uint8Array) : mapped(picture, shadeFor(picture, wanted));
  const { kind, width, height, channels, spacingMm } = picture;
  return {
    kind,
    width,
    height,
    channels,
    sampleType: 'uint8',
    samples,
    ...(spacingMm === undefined ? {} : { spacingMm }),
  };
}

/** What rescaled values become. */
function shadeFor(picture: Picture, wanted: Parameters): Shade {
  if (wanted.using === 'fixed') return shadeOf({ centre: wanted.centre, width: wanted.width });
  if (wanted.using === 'header-or-percentiles' && picture.window !== undefined) return shadeOf(picture.window);
  const { slope, intercept } = mapping(picture);
  const [low, high] = valueQuantiles(picture.samples, wanted.lower, wanted.upper).map(
    (stored) => stored * slope + intercept,
  ) as [number, number];
  return shadeBetween({ black: Math.min(low, high), white: Math.max(low, high) });
}

const mapping = (picture: Picture): Rescale => picture.rescale ?? { slope: 1, intercept: 0 };

function mapped(picture: Picture, shade: Shade): Uint8Array {
  const { slope, intercept } = mapping(picture);
  const { samples } = picture;
  const out = new Uint8Array(samples.length);
  if (samples instanceof Float32Array) {
    for (let i = 0; i < samples.length; i++) out[i] = shade((samples[i] as number) * slope + intercept);
    return out;
  }
  // One entry for each bit pattern: large films have far more samples than there are values.
  const table = new Uint8Array(65_536);
  for (let bits = 0; bits < table.length; bits++) {
    const stored = samples instanceof Int16Array ? (bits << 16) >> 16 : bits;
    table[bits] = shade(stored * slope + intercept);
  }
  const bits =
    samples instanceof Int16Array ? new Uint16Array(samples.buffer, samples.byteOffset, samples.length) : samples;
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i] as number] as number;
  return out;
}
