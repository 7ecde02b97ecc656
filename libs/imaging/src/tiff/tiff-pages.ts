import { ServingError } from '@medserve/errors';
import { tooLarge, unreadable } from '../refuse';
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
  /** A sample of each pixel beyond its colour: how opaque it is, or something that is no part of the picture. */
  readonly extra?: 'opacity' | 'other';
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
  extraSamples: 338,
  sampleFormat: 339,
} as const;

/** Directories of one file; more are a stack of many images, or a loop. */
const MOST_PAGES = 4096;
/** By photometric interpretation, what is read: samples of a pixel in the file, and channels that they become. */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly channels: 1 | 3 }>> = {
  0: { samples: 1, channels: 1 }, // white is zero
  1: { samples: 1, channels: 1 }, // black is zero
  2: { samples: 3, channels: 3 }, // RGB
  3: { samples: 1, channels: 3 }, // palette
  5: { samples: 4, channels: 3 }, // CMYK
  6: { samples: 3, channels: 3 }, // YCbCr
};
/** `ExtraSamples`: opacity, that colours are multiplied with or not; 0 is anything else. */
const OPACITY: readonly number[] = [1, 2];
/** None, CCITT RLE, Group 3 and 4, LZW, JPEG, Deflate, NeXT, CCITT RLEW, PackBits, ThunderScan, Deflate by its old number, WebP. */
const READ_COMPRESSION = new Set([1, 2, 3, 4, 5, 7, 8, 32766, 32771, 32773, 32809, 32946, 50001]);
const UNREAD_COMPRESSION: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  32909: 'PixarLog',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
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
  const colour = COLOURS[one(TAG.photometric, 1)];
  if (colour === undefined) throw unread('The TIFF is of a colour space that is not read here.');
  const extra = extraSamples(one(TAG.samples, 1) - colour.samples, colour.channels, numbers.get(TAG.extraSamples));
  const compression = one(TAG.compression, 1);
  if (!READ_COMPRESSION.has(compression)) {
    const coding = UNREAD_COMPRESSION[compression] ?? `compression ${String(compression)}`;
    throw unread(`A TIFF with samples in ${coding} is not read here.`);
  }
  const mpp = pixelSize(texts.get(TAG.description) ?? '', {
    x: one(TAG.xResolution, 0),
    y: one(TAG.yResolution, 0),
    unit: one(TAG.resolutionUnit, 2),
  });
  return {
    page,
    width,
    height,
    channels: colour.channels,
    ...(extra === undefined ? {} : { extra }),
    wide: widest > 8,
    canBeLevel: numbers.has(TAG.tileWidth) || (one(TAG.subfileType, 0) & 1) === 1,
    isTurned: one(TAG.orientation, 1) > 4,
    ...(mpp === undefined ? {} : { mpp }),
  };
}

/**
 * Channels of a microscope are stored as grey with several samples a pixel: which one is meant, nothing says, and mixed they mean nothing.
 * Beside a colour one more sample can be left out; writers that do not say what it is mean its opacity.
 */
function extraSamples(count: number, channels: 1 | 3, types: readonly number[] | undefined): TiffPage['extra'] {
  if (count <= 0) return undefined;
  const isOpacity = types === undefined ? channels === 3 : OPACITY.includes(types[0] as number);
  if (count > 1 || (channels === 1 && !isOpacity)) {
    throw unread(
      `The TIFF has more samples a pixel (SamplesPerPixel) than its colour space (PhotometricInterpretation) and opacity take: ${String(count)} more.`,
      'Send each channel as a grey image of its own, or a composite in RGB.',
    );
  }
  return isOpacity ? 'opacity' : 'other';
}

const unread = (detail: string, remedy = 'Convert it to 8 or 16 bit grey or RGB, and send it again.'): ServingError =>
  new ServingError('unsupported_media', detail, { remedy });
