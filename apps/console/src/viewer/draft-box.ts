import type { Box } from '@medserve/clinical';
import { toImage, type Frame, type Size, type View } from './view';

const clamp = (value: number, high: number): number => Math.min(high, Math.max(0, value));

/** The box between two points of the image, of whole pixels, within the image and at least one pixel wide and high. */
export function boxBetween(
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  { columns, rows }: Frame,
): Box {
  const x = Math.min(columns - 1, clamp(Math.floor(Math.min(x0, x1)), columns));
  const y = Math.min(rows - 1, clamp(Math.floor(Math.min(y0, y1)), rows));
  return {
    x,
    y,
    width: Math.max(1, clamp(Math.ceil(Math.max(x0, x1)), columns) - x),
    height: Math.max(1, clamp(Math.ceil(Math.max(y0, y1)), rows) - y),
  };
}

/** Where a box begins that is drawn by keyboard: a quarter of what is in sight, in its middle. */
export function boxInSight(view: View, frame: Frame, size: Size): Box {
  return boxBetween(
    toImage(view, frame.aspect, size.width * 0.375, size.height * 0.375),
    toImage(view, frame.aspect, size.width * 0.625, size.height * 0.625),
    frame,
  );
}

/** Moves a box, whole, within the image. */
export const moveBox = (box: Box, dx: number, dy: number, { columns, rows }: Frame): Box => ({
  ...box,
  x: clamp(box.x + dx, columns - box.width),
  y: clamp(box.y + dy, rows - box.height),
});

/** Moves the lower right corner of a box. */
export const stretchBox = (box: Box, dx: number, dy: number, { columns, rows }: Frame): Box => ({
  ...box,
  width: Math.min(columns - box.x, Math.max(1, box.width + dx)),
  height: Math.min(rows - box.y, Math.max(1, box.height + dy)),
});
