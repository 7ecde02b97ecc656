import { ServingError } from '@medserve/errors';
import { tooLarge, unreadable } from '../decode/refuse';
import { pixelSize, type PixelSize } from './pixel-size';
import { TiffReader, type Directory } from './tiff-reader';

/** One image of a TIFF. */
export interface TiffPage {
  /** By which libvips names it: its place in the chain of directories. */
  readonly page: number;
  /** Among the sub-directories of that page. */
  readonly subifd?: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly wide: boolean;
  /** In tiles, or said to be a smaller copy of another one: as the levels of a slide are. */
  readonly canBeLevel: boolean;
  /** Whether it is shown with its rows upright (Orientation 5 to 8). */
  readonly isTurned: boolean;
  readonly mpp?: PixelSize;
}

const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  orientation: 274,
  samples: 277,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  tileWidth: 322,
  subIfds: 330,
  sampleFormat: 339,
} as const;

/** Directories of one file; more are a stack of many images, or a loop. */
const MOST_PAGES = 4096;
/** Of the photometric interpretations that are read: white or black is zero, RGB, palette, CMYK, YCbCr. */
const CHANNELS: Readonly<Record<number, 1 | 3>> = { 0: 1, 1: 1, 2: 3, 3: 3, 5: 3, 6: 3 };
const UNREAD_COMPRESSION: Readonly<Record<number, string>> = {
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  6: 'old-style JPEG',
  50002: 'JPEG XL',
};

/**
 * What a TIFF says of its images, without decoding any.
 *
 * @throws ServingError `unreadable_image`; `unsupported_media` for a kind of sample that is not read; `too_large` for too many images
 */
export function readTiffPages(bytes: Buffer): readonly TiffPage[] {
  const reader = new TiffReader(bytes);
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  for (let at = reader.first, page = 0; at !== 0; page++) {
    if (seen.has(at)) throw unreadable('The directories of the TIFF run in a circle.');
    if (page >= MOST_PAGES) throw tooLarge('The TIFF holds too many images.', 'pages', MOST_PAGES, 'images');
    seen.add(at);
    const directory = reader.directory(at);
    pages.push(pageOf(directory, page));
    for (const [subifd, offset] of (directory.numbers.get(TAG.subIfds) ?? []).entries()) {
      if (seen.has(offset)) throw unreadable('The directories of the TIFF run in a circle.');
      seen.add(offset);
      pages.push({ ...pageOf(reader.directory(offset), page), subifd });
    }
    at = directory.next;
  }
  if (pages.length === 0) throw unreadable('The TIFF holds no image.');
  return pages;
}

function pageOf({ numbers, texts }: Directory, page: number): TiffPage {
  const one = (tag: number, otherwise: number): number => numbers.get(tag)?.[0] ?? otherwise;
  const [width, height] = [one(TAG.width, 0), one(TAG.height, 0)];
  if (width < 1 || height < 1) throw unreadable('The TIFF does not say how large its image is.');
  const bits = new Set(numbers.get(TAG.bits) ?? [1]);
  const [widest] = [...bits];
  const isFloat = (numbers.get(TAG.sampleFormat) ?? []).some((format) => format !== 1);
  if (bits.size !== 1 || widest === undefined || widest > 16 || isFloat)
    throw unread('A TIFF is read with unsigned samples of up to 16 bits, all alike.');
  const channels = CHANNELS[one(TAG.photometric, 1)];
  if (channels === undefined) throw unread('The TIFF is of a colour space that is not read here.');
  const coding = UNREAD_COMPRESSION[one(TAG.compression, 1)];
  if (coding !== undefined) throw unread(`A TIFF whose tiles are ${coding} is not read here.`);
  const mpp = pixelSize(texts.get(TAG.description) ?? '', {
    x: one(TAG.xResolution, 0),
    y: one(TAG.yResolution, 0),
    unit: one(TAG.resolutionUnit, 2),
  });
  return {
    page,
    width,
    height,
    channels,
    wide: widest > 8,
    canBeLevel: numbers.has(TAG.tileWidth) || (one(TAG.subfileType, 0) & 1) === 1,
    isTurned: one(TAG.orientation, 1) > 4,
    ...(mpp === undefined ? {} : { mpp }),
  };
}

const unread = (detail: string): ServingError =>
  new ServingError('unsupported_media', detail, {
    remedy: 'Convert it to 8 or 16 bit grey or RGB, and send it again.',
  });
