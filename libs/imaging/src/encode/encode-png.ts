import type { Decoded, Picture, Samples, Volume } from '@medserve/clinical';
import sharp from 'sharp';
import { window } from '../recipe/steps/window';
import { valueQuantiles } from '../volume/value-quantiles';

/** As a display would show it: by the header's window, else by what lies between two quantiles of its values. */
const SHOWN = window.parameters.parse({ using: 'header-or-percentiles' });
/** Of a volume, the same two. */
const LOWER = 0.005;
const UPPER = 0.995;

const UNMOVED = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

async function pictureToPng(picture: Picture): Promise<Uint8Array> {
  const { image } = window.apply({ image: picture, placement: UNMOVED }, SHOWN);
  const { width, height, channels, samples } = image as Picture;
  const shown = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const file = await sharp(shown, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();
  return new Uint8Array(file);
}

/** The middles of so many equal parts of the stack. */
function chosenSlices(slices: number, most: number): number[] {
  const count = Math.min(slices, most);
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * slices) / count));
}

/** One for all slices, so that they can be compared. */
function windowOf({ samples, rescale = { slope: 1, intercept: 0 } }: Volume): NonNullable<Picture['window']> {
  const [a, b] = valueQuantiles(samples, LOWER, UPPER).map((stored) => stored * rescale.slope + rescale.intercept) as [
    number,
    number,
  ];
  return { centre: (a + b + 1) / 2, width: Math.abs(b - a) + 1 };
}

function sliceOf(volume: Volume, slice: number, shown: NonNullable<Picture['window']>): Picture {
  const { rows, columns, sampleType, rescale, geometry } = volume;
  const length = rows * columns;
  const samples: Samples = volume.samples.subarray(slice * length, (slice + 1) * length);
  return {
    kind: 'picture',
    width: columns,
    height: rows,
    channels: 1,
    sampleType,
    samples,
    ...(rescale === undefined ? {} : { rescale }),
    window: shown,
    spacingMm: geometry.spacingMm,
  };
}

/**
 * An image as PNG files of 8 bits, for who reads files: of a picture one, of a volume the middles of equal parts, from the first
 * slice to the last. Values are shown by the header's window, or by the percentiles of the image.
 *
 * @param most files of a volume
 */
export async function encodePng(image: Decoded, most: number): Promise<readonly Uint8Array[]> {
  if (image.kind === 'picture') return [await pictureToPng(image)];
  const files: Uint8Array[] = [];
  const shown = windowOf(image);
  for (const slice of chosenSlices(image.slices, most)) files.push(await pictureToPng(sliceOf(image, slice, shown)));
  return files;
}
