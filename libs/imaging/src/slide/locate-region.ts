import { ServingError } from '@medserve/errors';
import { tooLarge } from '../refuse';
import type { RegionView, Viewed } from './view';

/** One resolution of a slide. */
export interface Level {
  readonly width: number;
  readonly height: number;
}

/** A part of a level, in its own pixels. */
export interface Located {
  readonly level: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Absent: all of the finest level. */
  readonly region?: Viewed['region'];
}

const FIELD = 'parameters.view.region';

/**
 * Where a region lies on the level that it asks for. Without a region, all of the finest level.
 *
 * @param levels the finest first, at least one
 * @param mpp micrometres a pixel of the finest level, where the slide says it; of two axes that differ the larger, so that what is
 *   chosen is as fine as was asked for along both
 * @throws ServingError `invalid_request` for what lies outside or cannot be chosen by; `too_large`, with the sizes of the levels
 */
export function locateRegion(
  levels: readonly Level[],
  mpp: number | undefined,
  region: RegionView | undefined,
  maxPixels: number,
): Located {
  const finest = levels[0] as Level;
  if (region === undefined) {
    checkPixels(finest, levels, maxPixels);
    return { level: 0, left: 0, top: 0, width: finest.width, height: finest.height };
  }
  const { x, y, width, height } = region;
  if (x + width > finest.width || y + height > finest.height) {
    throw refused(
      `The region reaches beyond the ${String(finest.width)} x ${String(finest.height)} pixels of the slide.`,
    );
  }
  const level = chosenLevel(levels, mpp, region);
  const chosen = levels[level] as Level;
  const [across, down] = [chosen.width / finest.width, chosen.height / finest.height];
  const [left, top] = [Math.floor(x * across), Math.floor(y * down)];
  const located = {
    level,
    left,
    top,
    width: Math.max(1, Math.min(chosen.width - left, Math.round(width * across))),
    height: Math.max(1, Math.min(chosen.height - top, Math.round(height * down))),
  };
  checkPixels(located, levels, maxPixels);
  const downsample = Number((1 / across).toFixed(6));
  return { ...located, region: { x, y, width, height, level, downsample } };
}

function chosenLevel(levels: readonly Level[], mpp: number | undefined, region: RegionView): number {
  if (region.level !== undefined) {
    if (region.level < levels.length) return region.level;
    throw refused(`The slide has ${String(levels.length)} levels, counted from 0.`);
  }
  if (region.mpp === undefined) return 0;
  if (mpp === undefined) throw refused('The slide does not say how large a pixel is; name a level.');
  const finest = (levels[0] as Level).width;
  const wanted = region.mpp * 1.01;
  const fitting = levels.findLastIndex(({ width }) => (mpp * finest) / width <= wanted);
  return Math.max(0, fitting);
}

function checkPixels({ width, height }: Level, levels: readonly Level[], maxPixels: number): void {
  if (width * height <= maxPixels) return;
  const sizes = levels.map((level) => `${String(level.width)} x ${String(level.height)}`).join(', ');
  throw tooLarge(
    `${String(width)} x ${String(height)} pixels are asked for at once; the levels have ${sizes}. Ask for a smaller part of it, or a coarser level, with parameters.view.region.`,
    'pixels',
    maxPixels,
    'pixels of one frame',
  );
}

const refused = (detail: string): ServingError => new ServingError('invalid_request', detail, { field: FIELD });
