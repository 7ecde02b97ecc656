import { z } from 'zod';
import type { Box } from '../../answers/answer';
import type { DecodedHeader } from '../../pixels/picture';

/**
 * How a model writes a box: how its corners are spelled, on which grid, and what part of the image the grid covers.
 *
 * - `brackets`: `[x0,y0,x1,y1]`.
 * - `box-pairs`: `<box>(x0,y0),(x1,y1)</box>`, with `<|box|>` for the tags as well: Qwen-VL and, on a grid of 100, CheXagent-2
 *   (github.com/Stanford-AIMI/CheXagent, model_chexagent/chexagent.py).
 * - `box-tags`: `<box><x10><y20><x30><y40></box>`, cells of the grid, whose middle is meant: MAIRA-2 (processing_maira2.py of
 *   huggingface.co/microsoft/maira-2), which looks at the `centre-square` of the image.
 */
export const gridParameters = z.strictObject({
  form: z.enum(['brackets', 'box-pairs', 'box-tags']).default('brackets'),
  /** Steps of the grid from the left edge to the right and from the top to the bottom. */
  coordinates: z.int().min(2).max(100_000).default(100),
  area: z.enum(['image', 'centre-square']).default('image'),
});

export type Grid = z.infer<typeof gridParameters>;

/** Left, top, right, bottom on the grid. */
export type Corners = readonly [number, number, number, number];

export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** @throws Error for a volume, whose boxes have no plane */
export function frameOf(input: DecodedHeader): Frame {
  if (input.kind !== 'picture') throw new Error('boxes are read on pictures, not on volumes');
  return { width: input.width, height: input.height };
}

/** A model that counts from the edge may miss it by a little: so far beyond it, as a share of the grid, a box is clipped. */
const TOLERANCE = 0.05;

export type Placed =
  | { readonly kind: 'placed'; readonly box: Box; readonly isClipped: boolean }
  /** Corners in the wrong order, no area, or too far outside. */
  | { readonly kind: 'refused' };

/** A box of the grid in pixels of the image. */
export function placeBox(corners: Corners, grid: Grid, frame: Frame): Placed {
  const middle = grid.form === 'box-tags' ? 0.5 : 0;
  const shares = corners.map((corner) => (corner + middle) / grid.coordinates) as [number, number, number, number];
  if (!shares.every((share) => share >= -TOLERANCE && share <= 1 + TOLERANCE)) return { kind: 'refused' };
  const [left, top, right, bottom] = shares.map((share) => Math.min(Math.max(share, 0), 1)) as [
    number,
    number,
    number,
    number,
  ];
  if (right <= left || bottom <= top) return { kind: 'refused' };
  const { x, y, width, height } = areaOf(grid, frame);
  const box = {
    x: round(x + left * width),
    y: round(y + top * height),
    width: round((right - left) * width),
    height: round((bottom - top) * height),
  };
  if (box.width === 0 || box.height === 0) return { kind: 'refused' };
  return {
    kind: 'placed',
    box,
    isClipped: shares.some((share) => share < 0 || share > 1),
  };
}

/** A box of the image on the grid, as a question to the model spells it; clipped to what the grid covers. */
export function spellBox(box: Box, grid: Grid, frame: Frame): string {
  const area = areaOf(grid, frame);
  const step = (value: number, from: number, size: number): number => {
    const share = Math.min(Math.max((value - from) / size, 0), 1);
    return grid.form === 'box-tags'
      ? Math.min(Math.floor(share * grid.coordinates), grid.coordinates - 1)
      : Math.round(share * grid.coordinates);
  };
  const [x0, x1] = [box.x, box.x + box.width].map((value) => String(step(value, area.x, area.width))) as [
    string,
    string,
  ];
  const [y0, y1] = [box.y, box.y + box.height].map((value) => String(step(value, area.y, area.height))) as [
    string,
    string,
  ];
  switch (grid.form) {
    case 'brackets':
      return `[${x0},${y0},${x1},${y1}]`;
    case 'box-pairs':
      return `<box>(${x0},${y0}),(${x1},${y1})</box>`;
    case 'box-tags':
      return `<box><x${x0}><y${y0}><x${x1}><y${y1}></box>`;
  }
}

/** What of the image the grid covers, in pixels. */
function areaOf({ area }: Grid, { width, height }: Frame): Box {
  if (area === 'image') return { x: 0, y: 0, width, height };
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), width: side, height: side };
}

/** Hundredths of a pixel: finer than any grid that a model writes. */
const round = (value: number): number => Number(value.toFixed(2));
