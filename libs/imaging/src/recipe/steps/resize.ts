import type { Picture, Placement } from '@medserve/clinical';
import { z } from 'zod';
import { needPicture } from '../need-picture';
import { resample } from '../resample';
import { makeSamples } from '../../samples';
import type { Step, Working } from '../step';

const side = z.int().min(1).max(8192);
const parameters = z.union([
  z.strictObject({ width: side, height: side, fit: z.enum(['stretch', 'contain', 'cover']) }),
  z.strictObject({ longest: side, enlarge: z.boolean().default(true) }),
]);

/**
 * To a fixed size: `stretch` changes the aspect ratio, `contain` keeps it and centres the picture on black, `cover` keeps it
 * and cuts what stands over equally on both sides. `longest` scales the longer side to that many pixels, both sides
 * alike (with `enlarge: false` only where it is longer).
 */
export const resize: Step<z.infer<typeof parameters>> = {
  id: 'resize',
  parameters,
  apply(working, wanted) {
    const picture = needPicture(working.image);
    const { width, height } = picture;
    if ('longest' in wanted) {
      const scale = wanted.longest / Math.max(width, height);
      if (scale > 1 && !wanted.enlarge) return working;
      return scaled(picture, working.placement, rounded(width * scale), rounded(height * scale));
    }
    if (wanted.fit === 'stretch') return scaled(picture, working.placement, wanted.width, wanted.height);
    const ratios = [wanted.width / width, wanted.height / height] as const;
    const scale = wanted.fit === 'contain' ? Math.min(...ratios) : Math.max(...ratios);
    return framed(
      scaled(picture, working.placement, rounded(width * scale), rounded(height * scale)),
      wanted.width,
      wanted.height,
    );
  },
};

const rounded = (size: number): number => Math.max(1, Math.round(size));

function scaled(
  picture: Picture,
  placement: Placement,
  width: number,
  height: number,
): { image: Picture; placement: Placement } {
  const x = width / picture.width;
  const y = height / picture.height;
  const { spacingMm } = picture;
  return {
    image: {
      ...picture,
      width,
      height,
      samples: resample(picture, width, height),
      ...(spacingMm === undefined ? {} : { spacingMm: { row: spacingMm.row / y, column: spacingMm.column / x } }),
    },
    placement: {
      scaleX: placement.scaleX * x,
      scaleY: placement.scaleY * y,
      offsetX: placement.offsetX * x,
      offsetY: placement.offsetY * y,
    },
  };
}

/** Centres the picture in a frame of this size: black where the frame is larger, cut where it is smaller. */
function framed(
  { image, placement }: { image: Picture; placement: Placement },
  width: number,
  height: number,
): Working {
  const offsetX = Math.floor((width - image.width) / 2);
  const offsetY = Math.floor((height - image.height) / 2);
  const { channels } = image;
  const samples = makeSamples(image.sampleType, width * height * channels);
  const left = Math.max(0, -offsetX);
  const count = Math.min(width, image.width) * channels;
  for (let row = Math.max(0, -offsetY); row < Math.min(image.height, height - offsetY); row++) {
    const source = (row * image.width + left) * channels;
    samples.set(image.samples.subarray(source, source + count), ((row + offsetY) * width + offsetX + left) * channels);
  }
  return {
    image: { ...image, width, height, samples },
    placement: { ...placement, offsetX: placement.offsetX + offsetX, offsetY: placement.offsetY + offsetY },
  };
}
