import type { Picture } from '@medserve/clinical';
import sharp from 'sharp';
import type { DecodeLimits } from '../limits';
import { asUnreadable, unreadable } from '../refuse';
import { chosenFrame } from '../slide/chosen-frame';
import { locateRegion, type Located } from '../slide/locate-region';
import type { View, Viewed } from '../slide/view';
import { readTiffPages, type TiffPage } from './tiff-pages';

/** Where libvips works on its own threads, a decode that is given up must end by itself. */
const TIMEOUT_SECONDS = 10;
/** Levels of one slide have one shape, up to what rounding a size leaves. */
const SAME_SHAPE = 0.02;

export interface DecodedTiff {
  readonly picture: Picture;
  /** Images of the file that are none of the levels of the one that was taken. */
  readonly pages: number;
  /** Absent: all of its first image. */
  readonly viewed?: Viewed;
  readonly warnings: readonly string[];
}

/**
 * Decodes a TIFF: a single image, one page of several, or a region of a pyramid (a slide) at one of its levels, of which only the tiles
 * under the region are read. Grey stays one channel with its stored values, 16 bits stay uint16.
 *
 * @throws ServingError `unreadable_image`, `unsupported_media`; `too_large` before anything is allocated; `invalid_request` for a
 *   view that does not fit
 */
export async function decodeTiff(bytes: Buffer, limits: DecodeLimits, view: View = {}): Promise<DecodedTiff> {
  const all = readTiffPages(bytes);
  const pages = all.filter(({ subifd }) => subifd === undefined);
  const frame = view.frame === undefined ? undefined : chosenFrame(view.frame, pages.length);
  const first = pages[(frame ?? 1) - 1] as TiffPage;
  const levels = frame === undefined ? levelsOf(first, all) : [first];
  const located = locateRegion(
    levels,
    first.mpp && Math.max(first.mpp.column, first.mpp.row),
    view.region,
    limits.maxPixels,
  );
  const page = levels[located.level] as TiffPage;
  const others = pages.filter((other) => !levels.includes(other)).length;
  const isPyramid = levels.length > 1;
  const isPart = view.region !== undefined || isPyramid;
  const picture = await read(bytes, page, located, isPart);
  return {
    picture: { ...picture, ...spacingOf(first, page, !isPart && page.isTurned) },
    pages: others + 1,
    ...viewedOf(frame, located),
    warnings:
      others > 0 && !isPyramid && frame === undefined
        ? [`Image 1 of ${String(others + 1)} in the file was taken; parameters.view.frame takes another one.`]
        : [],
  };
}

/** @param page the level of `first` that was read */
function spacingOf(first: TiffPage, page: TiffPage, isTurned: boolean): Pick<Picture, 'spacingMm'> {
  if (first.mpp === undefined) return {};
  const column = (first.mpp.column * first.width) / page.width / 1000;
  const row = (first.mpp.row * first.height) / page.height / 1000;
  return { spacingMm: isTurned ? { row: column, column: row } : { row, column } };
}

function viewedOf(frame: number | undefined, { region }: Located): Pick<DecodedTiff, 'viewed'> {
  if (frame === undefined && region === undefined) return {};
  return { viewed: { ...(frame === undefined ? {} : { frame }), ...(region === undefined ? {} : { region }) } };
}

/** The image itself and the smaller copies of it, the finest first. */
function levelsOf(first: TiffPage, all: readonly TiffPage[]): readonly TiffPage[] {
  const shape = first.width / first.height;
  const copies = all.filter(
    (page) =>
      page !== first &&
      page.canBeLevel &&
      page.width < first.width &&
      page.channels === first.channels &&
      page.wide === first.wide &&
      Math.abs(page.width / page.height / shape - 1) < SAME_SHAPE,
  );
  const bySize = copies.toSorted((a, b) => b.width - a.width);
  return [first, ...bySize.filter(({ width }, index) => width !== bySize[index - 1]?.width)];
}

async function read(bytes: Buffer, page: TiffPage, located: Located, isPart: boolean): Promise<Picture> {
  const { channels, wide } = page;
  sharp.concurrency(1);
  sharp.cache(false);
  try {
    const source = sharp(bytes, {
      page: page.page,
      ...(page.subifd === undefined ? {} : { tiff: { subifd: page.subifd } }),
      failOn: 'error',
      // What is decoded is the region, whose size was checked.
      limitInputPixels: page.width * page.height,
      sequentialRead: !isPart,
      ignoreIcc: channels === 1,
    }).timeout({ seconds: TIMEOUT_SECONDS });
    const { left, top, width, height } = located;
    const part = isPart ? source.extract({ left, top, width, height }) : source.autoOrient();
    const opaque = page.extra === 'other' ? part.removeAlpha() : part.flatten({ background: '#000' });
    const { data, info } = await opaque
      .toColourspace(channels === 1 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    // A copy in memory of JavaScript's own: that of libvips cannot be moved to another thread.
    const own = new Uint8Array(data);
    const samples = wide ? new Uint16Array(own.buffer) : own;
    if (samples.length !== info.width * info.height * channels)
      throw unreadable('The TIFF did not decode to its own size.');
    const sampleType = wide ? 'uint16' : 'uint8';
    return { kind: 'picture', width: info.width, height: info.height, channels, sampleType, samples };
  } catch (error) {
    throw asUnreadable(error, 'The TIFF is damaged or cut short.');
  }
}
