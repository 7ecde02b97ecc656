import type { Picture, Samples } from '@medserve/clinical';
import type { DecodeLimits } from '../limits';
import { unreadable } from '../refuse';
import { decodeFrame, type DecodedFrame } from '../dicom/decode-frame';
import type { DicomObject } from '../dicom/dicom-object';
import { groupsOf } from '../dicom/functional-groups';
import { readGeometry } from '../dicom/geometry';
import { TAG } from '../dicom/tags';
import { makeSamples } from '../samples';
import { locateRegion } from './locate-region';
import { tilesUnder, type Part, type Tile } from './tile-places';
import type { RegionView, Viewed } from './view';

export interface DecodedSlide {
  readonly picture: Picture;
  /** Absent: all of it. */
  readonly viewed?: Viewed;
}

/** Slides lie on glass: what was not scanned is bright. */
const NOT_SCANNED = 255;

/** Whether an object is one level of a slide in tiles (PS3.3 C.8.12.4, Total Pixel Matrix). */
export const isSlide = ({ dataSet }: Pick<DicomObject, 'dataSet'>): boolean => dataSet.has(TAG.totalPixelMatrixColumns);

/**
 * A region of a slide, put together of the tiles that lie under it; only these are decoded. One object is one level of the slide, so
 * the region is in pixels of this one.
 *
 * @throws ServingError `invalid_request` for a region outside; `too_large`; `unreadable_image`, `unsupported_transfer_syntax`
 */
export async function decodeSlide(
  object: DicomObject,
  region: RegionView | undefined,
  limits: DecodeLimits,
  signal?: AbortSignal,
): Promise<DecodedSlide> {
  const { dataSet, format } = object;
  const [width, height] = [dataSet.uint32(TAG.totalPixelMatrixColumns), dataSet.uint32(TAG.totalPixelMatrixRows)];
  if (!width || !height) throw unreadable('The slide does not say how large it is.');
  const { pixelSpacing } = readGeometry(groupsOf(object, 0));
  const mpp = pixelSpacing && Math.max(pixelSpacing.column, pixelSpacing.row) * 1000;
  const located = locateRegion([{ width, height }], mpp, region, limits.maxPixels);
  let whole: { readonly frame: DecodedFrame; readonly samples: Samples } | undefined;
  for (const tile of tilesUnder(object, { width }, located)) {
    signal?.throwIfAborted();
    const frame = await decodeFrame(object, tile.frame);
    whole ??= { frame, samples: blank(frame, located) };
    place(frame, whole.samples, tile, located, format);
  }
  if (whole === undefined) throw unreadable('No tile of the slide lies in this region.');
  const { channels, sampleType } = whole.frame;
  return {
    picture: {
      kind: 'picture',
      width: located.width,
      height: located.height,
      channels,
      sampleType,
      samples: whole.samples,
      ...(pixelSpacing === undefined ? {} : { spacingMm: pixelSpacing }),
    },
    ...(located.region === undefined ? {} : { viewed: { region: located.region } }),
  };
}

function blank({ channels, sampleType }: DecodedFrame, { width, height }: Part): Samples {
  const samples = makeSamples(sampleType, width * height * channels);
  if (channels === 3) samples.fill(NOT_SCANNED);
  return samples;
}

/** Copies what of a tile lies in the region. */
function place(
  { samples, channels }: DecodedFrame,
  into: Samples,
  tile: Tile,
  part: Part,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): void {
  const [left, right] = [Math.max(tile.left, part.left), Math.min(tile.left + columns, part.left + part.width)];
  const [top, bottom] = [Math.max(tile.top, part.top), Math.min(tile.top + rows, part.top + part.height)];
  for (let y = top; y < bottom; y++) {
    const from = ((y - tile.top) * columns + left - tile.left) * channels;
    const to = ((y - part.top) * part.width + left - part.left) * channels;
    into.set(samples.subarray(from, from + (right - left) * channels), to);
  }
}
