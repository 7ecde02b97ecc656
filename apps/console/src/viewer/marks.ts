import type { Box } from '@medserve/clinical';
import { spansOf, holds, type Spans } from './masks';
import type { Overlay } from './overlay';

/** A finding on one slice, ready to be drawn and pointed at. */
export interface Mark {
  readonly overlay: Overlay;
  /** The smallest box around all of it, in pixels of the image. */
  readonly bounds: Box;
  readonly spans?: Spans;
}

const isFinite = (box: Box): boolean => [box.x, box.y, box.width, box.height].every(Number.isFinite);

function boundsOf({ box, polygon }: Overlay, spans: Spans | undefined): Box | undefined {
  if (box !== undefined) return box;
  if (polygon !== undefined && polygon.length > 0) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [x, y] of polygon) {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
    return { x: left, y: top, width: right - left, height: bottom - top };
  }
  return spans === undefined || spans.columns.length === 0 ? undefined : spans.bounds;
}

/** Undefined of what has no place on an image of this size: nothing drawn, numbers that are none, a mask of another size. */
export function markOf(overlay: Overlay, columns: number, rows: number): Mark | undefined {
  const spans = overlay.mask === undefined ? undefined : spansOf(overlay.mask, columns, rows);
  const bounds = boundsOf(overlay, spans);
  if (bounds === undefined || !isFinite(bounds)) return undefined;
  return spans === undefined || spans.columns.length === 0 ? { overlay, bounds } : { overlay, bounds, spans };
}

/** Whether a point lies in a polygon, by the even-odd rule. */
export function isInside(polygon: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], index) => {
    const [x0, y0] = polygon.at(index - 1) ?? [x1, y1];
    if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
  });
  return inside;
}

const isNear = ({ x, y, width, height }: Box, px: number, py: number, slack: number): boolean =>
  px >= x - slack && px <= x + width + slack && py >= y - slack && py <= y + height + slack;

/** Whether a mark is under a point of the image. @param slack how far beside a thin one counts, in pixels of the image */
export function isUnder({ overlay, bounds, spans }: Mark, x: number, y: number, slack: number): boolean {
  if (!isNear(bounds, x, y, slack)) return false;
  if (spans !== undefined && overlay.box === undefined) return holds(spans, x, y);
  const isSmall = Math.min(bounds.width, bounds.height) <= slack * 2;
  return overlay.polygon === undefined || overlay.box !== undefined || isSmall || isInside(overlay.polygon, x, y);
}
