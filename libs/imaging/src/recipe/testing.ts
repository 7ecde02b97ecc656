import type { Picture, Placement, Samples, SampleType } from '@medserve/clinical';
import fc from 'fast-check';
import type { Working } from './step';

/* Pictures for the specs of this folder. */

const AS_SENT: Placement = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

export function pictureOf(width: number, height: number, samples: Samples, more: Partial<Picture> = {}): Picture {
  const channels = samples.length === width * height * 3 ? 3 : 1;
  return { kind: 'picture', width, height, channels, sampleType: typeOf(samples), samples, ...more };
}

export function working(picture: Picture): Working {
  return { image: picture, placement: AS_SENT };
}

function typeOf(samples: Samples): SampleType {
  if (samples instanceof Uint8Array) return 'uint8';
  if (samples instanceof Uint16Array) return 'uint16';
  return samples instanceof Int16Array ? 'int16' : 'float32';
}

/** Any small 8-bit picture. */
export const anyPicture: fc.Arbitrary<Picture> = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }), fc.constantFrom(1, 3))
  .chain(([width, height, channels]) =>
    fc
      .uint8Array({ minLength: width * height * channels, maxLength: width * height * channels })
      .map((samples) => ({ ...pictureOf(width, height, samples), channels })),
  );
