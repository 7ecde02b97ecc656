import type { WindowFunction } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { RenderedType, Rendering, Viewport } from '@medserve/imaging';
import { MAX_FRAMES, MAX_VIEWPORT } from '../limits';

export type RenderingQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How a picture is asked to look, without its type and frame. */
export type Look = Pick<Rendering, 'window' | 'viewport' | 'quality'>;

const bad = (detail: string, field: string): ServingError => new ServingError('invalid_request', detail, { field });

/** The parameters of rendered resources (PS3.18 8.3.5.1). @throws ServingError `invalid_request` naming the parameter */
export function parseLook(query: RenderingQuery): Look {
  return { window: windowOf(query), viewport: viewportOf(query), quality: qualityOf(query) };
}

const ANNOTATIONS: readonly string[] = ['patient', 'technique'];
const PROFILES: readonly string[] = ['no', 'yes', 'srgb', 'adobergb', 'rommrgb'];

/**
 * What the query asks of a picture that none has here: annotations, and a profile of its colours (PS3.18 8.3.5.1.1 and 8.3.5.1.5).
 *
 * @returns what to warn of
 * @throws ServingError `invalid_request` for words that the standard does not have, and for a profile where the type can hold none
 */
export function notRendered(query: RenderingQuery, type: RenderedType): readonly string[] {
  const annotations = wordsOf(query, 'annotation', ANNOTATIONS);
  const profiles = wordsOf(query, 'iccprofile', PROFILES).filter((word) => word !== 'no');
  if (profiles.length > 0 && type === 'image/gif') throw bad('A picture of this type holds no profile.', 'iccprofile');
  return [
    ...(annotations.length === 0
      ? []
      : [`The following annotation values are not supported: ${annotations.join(', ')}`]),
    ...(profiles.length === 0 ? [] : ['The iccprofile parameter is not supported: pictures leave without a profile.']),
  ];
}

function wordsOf(query: RenderingQuery, name: string, known: readonly string[]): readonly string[] {
  const words = listOf(query, name) ?? [];
  if (words.every((word) => known.includes(word))) return words;
  throw bad(`The parameter is a list of ${known.join(', ')}.`, name);
}

const FUNCTIONS: readonly string[] = ['linear', 'linear-exact', 'sigmoid'] satisfies WindowFunction[];

function windowOf(query: RenderingQuery): Look['window'] {
  const parts = listOf(query, 'window');
  if (parts === undefined) return undefined;
  const [centre, width] = [numberOf(parts[0]), numberOf(parts[1])];
  const shape = (parts[2] ?? 'linear').toLowerCase();
  const isWide = width !== undefined && (shape === 'linear' ? width >= 1 : width > 0);
  if (parts.length > 3 || centre === undefined || !isWide || !FUNCTIONS.includes(shape)) {
    throw bad('The window is centre, width and the function linear, linear-exact or sigmoid.', 'window');
  }
  return { centre, width, shape: shape as WindowFunction };
}

/** What of a region is left out is as in all of the image (PS3.18 8.3.5.1.3). */
function viewportOf(query: RenderingQuery): Viewport | undefined {
  const parts = listOf(query, 'viewport');
  if (parts === undefined) return undefined;
  const [width, height] = parts.map(numberOf);
  const isSize = [width, height].every(
    (side) => Number.isInteger(side) && Number(side) >= 1 && Number(side) <= MAX_VIEWPORT,
  );
  if (width === undefined || height === undefined || !isSize || parts.length > 6) {
    throw bad('The viewport is width and height in pixels, and then x, y, width and height of a region.', 'viewport');
  }
  if (parts.length === 2) return { width, height };
  const [x = 0, y = 0, wide, high] = parts.slice(2).map(regionPart);
  if (x < 0 || y < 0 || wide === 0 || high === 0) throw badRegion();
  return { width, height, region: { x, y, width: wide, height: high } };
}

const badRegion = (): ServingError =>
  bad('The region of the viewport is x, y, width and height in pixels of the image.', 'viewport');

function regionPart(text: string): number | undefined {
  if (text === '') return undefined;
  const number = numberOf(text);
  if (number === undefined) throw badRegion();
  return number;
}

function qualityOf(query: RenderingQuery): number | undefined {
  const text = one(query, 'quality');
  if (text === undefined) return undefined;
  const quality = numberOf(text);
  if (quality === undefined || !Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw bad('The quality is a whole number from 1 to 100.', 'quality');
  }
  return quality;
}

/** A list of frames, counted from 1 (PS3.18 table 9.1-1). @throws ServingError `invalid_request` */
export function parseFrames(text: string): readonly [number, ...number[]] {
  const [first = 0, ...rest] = text.split(',').map(numberOf);
  const frames: [number, ...number[]] = [first, ...rest.map((frame) => frame ?? 0)];
  if (frames.length > MAX_FRAMES || !frames.every((frame) => Number.isInteger(frame) && frame >= 1)) {
    throw bad('The frames are whole numbers from 1 on, between commas.', 'frames');
  }
  return frames;
}

const listOf = (query: RenderingQuery, name: string): string[] | undefined => one(query, name)?.split(',');

function one(query: RenderingQuery, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw bad('The parameter stands there more than once.', name);
}

function numberOf(text: string | undefined): number | undefined {
  const number = text === undefined || !/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}
