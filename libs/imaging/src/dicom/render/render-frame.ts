import type { Picture, Window } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import sharp from 'sharp';
import type { DecodeLimits } from '../../limits';
import { window as windowStep } from '../../recipe/steps/window';
import { decodeFrame } from '../decode-frame';
import { readDicomObject } from '../dicom-object';

export const RENDERED_TYPES = ['image/jpeg', 'image/png', 'image/gif'] as const;
export type RenderedType = (typeof RENDERED_TYPES)[number];

/** How an image is to look (PS3.18 8.3.5). */
export interface Rendering {
  readonly type: RenderedType;
  /** From 1. */
  readonly frame: number;
  /** In the values that the modality's rescale gives; absent: the header's window, or what most of the values lie in. */
  readonly window?: Window | undefined;
  readonly viewport?: Viewport | undefined;
  /** Of a JPEG, 1 to 100. */
  readonly quality?: number | undefined;
}

export interface Viewport {
  /** In pixels of the answer, which keeps the proportions of the region. */
  readonly width: number;
  readonly height: number;
  readonly region?: Region | undefined;
}

/** In pixels of the image; absent: all of it, or all that is right of `x` and below `y`. A negative width or height turns it over. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

const UNMOVED = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
const USUAL_QUALITY = 90;

/**
 * One frame as a display would show it, with 8 bits.
 *
 * @throws ServingError `not_found` for a frame that is not there, `invalid_request` for a region outside of the image;
 *   `unreadable_image`, `unsupported_transfer_syntax`, `too_large`
 */
export async function renderFrame(file: Buffer, rendering: Rendering, limits: DecodeLimits): Promise<Buffer> {
  const object = readDicomObject(file, limits);
  const { rows: height, columns: width, frames } = object.format;
  if (rendering.frame > frames) {
    throw new ServingError('not_found', `The instance has ${String(frames)} frames.`, { field: 'frames' });
  }
  const frame = await decodeFrame(object, rendering.frame - 1, { shown: rendering.window });
  const picture: Picture = { kind: 'picture', width, height, ...frame };
  return encode(shown(picture), rendering);
}

function shown(picture: Picture): Picture {
  const wanted = windowStep.parameters.parse({ using: 'header-or-percentiles' });
  return windowStep.apply({ image: picture, placement: UNMOVED }, wanted).image as Picture;
}

function encode(
  { width, height, channels, samples }: Picture,
  { type, viewport, quality }: Rendering,
): Promise<Buffer> {
  const raw = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  let image = sharp(raw, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  if (viewport !== undefined) image = placed(image, viewport, { width, height });
  switch (type) {
    case 'image/jpeg':
      return image.jpeg({ quality: quality ?? USUAL_QUALITY }).toBuffer();
    case 'image/png':
      return image.png().toBuffer();
    case 'image/gif':
      return image.gif().toBuffer();
  }
}

function placed(image: sharp.Sharp, { width, height, region }: Viewport, size: { width: number; height: number }) {
  let cut = image;
  if (region !== undefined) {
    const [left, top] = [Math.round(region.x), Math.round(region.y)];
    const { width: across = size.width - left, height: down = size.height - top } = region;
    const [wide, high] = [Math.round(Math.abs(across)), Math.round(Math.abs(down))];
    if (wide < 1 || high < 1 || left + wide > size.width || top + high > size.height) {
      throw new ServingError('invalid_request', 'The region lies outside of the image.', { field: 'viewport' });
    }
    cut = cut.extract({ left, top, width: wide, height: high });
    if (across < 0) cut = cut.flop();
    if (down < 0) cut = cut.flip();
  }
  return cut.resize({ width, height, fit: 'inside' });
}
