import type { ResultRun } from '../result-input';
import { readSource, type SourceFrame, type SourceImage } from '../common/source-image';
import { unreadable } from '../../refuse';

/** What a model said, beside the images that it looked at. */
export interface ReadRun {
  readonly run: ResultRun;
  readonly images: readonly SourceImage[];
  /** What each slice of the volume shows, in its order; of a picture, the one frame that was taken. */
  readonly slices: readonly SourceFrame[];
}

/** @throws ServingError `unreadable_image` where the sources are not those of the answer */
export function readRun(run: ResultRun): ReadRun {
  const images = run.sources.map(readSource);
  const [first] = images;
  if (first === undefined) throw unreadable('A result needs the images that it is about.');
  return { run, images, slices: slicesOf(run, images, first) };
}

function slicesOf({ document }: ResultRun, images: readonly SourceImage[], first: SourceImage): SourceFrame[] {
  const { slices } = document.provenance;
  // Of a slide all tiles were, of other frames without a place in space the middle one (`decodeDicom`).
  if (slices === undefined && first.matrix !== undefined) return [{ image: first }];
  if (slices === undefined) return [frameOf(first, Math.floor(first.frames / 2) + 1)];
  return slices.map(({ input, frame = 1 }) => {
    const image = images[input];
    if (image === undefined || frame > image.frames)
      throw unreadable('An answer speaks of an image that is not there.');
    return frameOf(image, frame);
  });
}

const frameOf = (image: SourceImage, number: number): SourceFrame => (image.frames > 1 ? { image, number } : { image });
