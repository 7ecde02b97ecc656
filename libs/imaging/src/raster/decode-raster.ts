import type { Picture } from '@medserve/clinical';
import sharp, { type Sharp } from 'sharp';
import type { DecodeLimits } from '../limits';
import { asUnreadable, tooLarge, unreadable } from '../refuse';
import { readJpegHeader } from './jpeg-header';
import { readPngHeader } from './png-header';

/** Where libvips works on its own threads, a decode that is given up must end by itself. */
const TIMEOUT_SECONDS = 10;

interface RasterHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly wide: boolean;
}

/**
 * Decodes a PNG or JPEG: upright by its EXIF orientation, transparency laid on black, CMYK and embedded colour profiles
 * converted to sRGB, greyscale left as one channel with its stored values, 16 bits left as uint16.
 *
 * @throws ServingError `unreadable_image` when cut short, damaged or animated; `too_large` before anything is allocated.
 */
export async function decodeRaster(bytes: Buffer, kind: 'png' | 'jpeg', limits: DecodeLimits): Promise<Picture> {
  const header = kind === 'png' ? pngHeader(bytes) : jpegHeader(bytes);
  if (header.width * header.height > limits.maxPixels) {
    throw tooLarge(
      `The image has ${String(header.width)} x ${String(header.height)} pixels.`,
      'pixels',
      limits.maxPixels,
      'pixels of one frame',
    );
  }
  const { channels, wide } = header;
  try {
    const { data, info } = await pipeline(bytes, header, limits)
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const samples = ownSamples(data, wide);
    if (samples.length !== info.width * info.height * channels)
      throw unreadable('The image did not decode to its own size.');
    return {
      kind: 'picture',
      width: info.width,
      height: info.height,
      channels,
      sampleType: wide ? 'uint16' : 'uint8',
      samples,
    };
  } catch (error) {
    throw asUnreadable(error, `The ${kind.toUpperCase()} is damaged or cut short.`);
  }
}

/** A copy in memory of JavaScript's own: that of libvips cannot be moved to another thread. */
function ownSamples(data: Buffer, wide: boolean): Uint8Array | Uint16Array {
  const bytes = new Uint8Array(data);
  return wide ? new Uint16Array(bytes.buffer) : bytes;
}

function pipeline(bytes: Buffer, { channels, wide }: RasterHeader, limits: DecodeLimits): Sharp {
  const space = channels === 1 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb';
  // One decode uses one thread: the pool decides how many run. Nothing is decoded twice, so nothing is worth caching.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp(bytes, {
    failOn: 'error',
    limitInputPixels: limits.maxPixels,
    sequentialRead: true,
    // A grey profile would bend the stored values.
    ignoreIcc: channels === 1,
  })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .autoOrient()
    .flatten({ background: '#000' })
    .toColourspace(space);
}

function pngHeader(bytes: Buffer): RasterHeader {
  const { width, height, depth, channels, animated } = readPngHeader(bytes);
  if (animated) throw unreadable('An animated PNG is not one image.');
  return { width, height, channels, wide: depth === 16 };
}

function jpegHeader(bytes: Buffer): RasterHeader {
  const { width, height, components, precision, process } = readJpegHeader(bytes);
  if ((process !== 'sequential' && process !== 'progressive') || precision !== 8) {
    throw unreadable('Only baseline and progressive JPEG with 8 bits per sample is read.');
  }
  if (components !== 1 && components !== 3 && components !== 4)
    throw unreadable(`A JPEG of ${String(components)} components is not read.`);
  return { width, height, channels: components === 1 ? 1 : 3, wide: false };
}
