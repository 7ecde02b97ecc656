import type { RunLengthMask } from '@medserve/clinical';

/** A closed polygon without its last point, in pixels: column, then row; (0, 0) is the top left corner of the image. */
export type Outline = readonly (readonly [number, number])[];

/** Points of one polygon: what a viewer draws without waiting, and far below what one element can hold. */
const MOST_POINTS = 1_000;

/** Whether a mask holds a pixel: its runs begin with what is not set. */
export const holdsSomething = ({ counts }: Pick<RunLengthMask, 'counts'>): boolean =>
  counts.some((count, index) => index % 2 === 1 && count > 0);

/** The samples of a mask, a byte each. */
export function samplesOf({ width, height, counts }: RunLengthMask): Uint8Array {
  const samples = new Uint8Array(width * height);
  let at = 0;
  for (const [index, count] of counts.entries()) {
    if (index % 2 === 1) samples.fill(1, at, at + count);
    at += count;
  }
  return samples;
}

/** Along the edges of the pixels, with the mask on the right hand; where two pixels meet at a corner only, each keeps to itself. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * The outer borders of a mask's connected parts (by edges, not corners), exactly along the edges of its pixels, the largest first. Holes are not
 * told.
 *
 * @param most parts
 */
export function outlinesOf(mask: RunLengthMask, most: number): Outline[] {
  const { width, height } = mask;
  const samples = samplesOf(mask);
  const isSet = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && samples[y * width + x] !== 0;
  const parts: { outline: Outline; size: number }[] = [];
  const seen = new Uint8Array(samples.length);
  for (let start = 0; start < samples.length; start += 1) {
    if (samples[start] === 0 || seen[start] !== 0) continue;
    const size = flood(samples, seen, start, width);
    parts.push({ outline: border(start % width, Math.floor(start / width), isSet), size });
  }
  parts.sort((one, other) => other.size - one.size);
  return parts.slice(0, most).map(({ outline }) => fewerPoints(outline));
}

/** Marks the part that a pixel belongs to, and says how many pixels it has. */
function flood(samples: Uint8Array, seen: Uint8Array, start: number, width: number): number {
  const stack = [start];
  seen[start] = 1;
  let size = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    size += 1;
    const x = at % width;
    const next = [at - width, at + width, ...(x > 0 ? [at - 1] : []), ...(x < width - 1 ? [at + 1] : [])];
    for (const other of next) {
      if (other >= 0 && other < samples.length && samples[other] !== 0 && seen[other] === 0) {
        seen[other] = 1;
        stack.push(other);
      }
    }
  }
  return size;
}

/** Walks round a part, from the top left corner of its first pixel in reading order, whose upper edge is a border. */
function border(startX: number, startY: number, isSet: (x: number, y: number) => boolean): Outline {
  const points: [number, number][] = [];
  let [x, y, direction] = [startX, startY, 0];
  do {
    const turn = turnAt(x, y, direction, isSet);
    // A corner is a point only where the walk turns, so straight edges have two points however long.
    if (turn !== direction || points.length === 0) points.push([x, y]);
    direction = turn;
    const [stepX, stepY] = STEPS[direction] as readonly [number, number];
    [x, y] = [x + stepX, y + stepY];
  } while (x !== startX || y !== startY);
  return points;
}

/** Right where the mask ends on the right hand, left where it goes on in front on the left, else straight on. */
function turnAt(x: number, y: number, direction: number, isSet: (x: number, y: number) => boolean): number {
  // The pixels in front of the corner, to the right and to the left of the walk.
  const [right, left] = [
    [isSet(x, y), isSet(x, y - 1)],
    [isSet(x - 1, y), isSet(x, y)],
    [isSet(x - 1, y - 1), isSet(x - 1, y)],
    [isSet(x, y - 1), isSet(x - 1, y - 1)],
  ][direction] as [boolean, boolean];
  if (!right) return (direction + 1) % 4;
  return left ? (direction + 3) % 4 : direction;
}

/** The same shape in fewer points, where it has too many: those go that lie nearest to the line between their neighbours. */
export function fewerPoints(outline: Outline): Outline {
  let points = outline;
  for (let tolerance = 0.6; points.length > MOST_POINTS; tolerance *= 1.5) points = withoutNear(outline, tolerance);
  return points;
}

/** Douglas and Peucker's rule, with its own stack. */
function withoutNear(outline: Outline, tolerance: number): Outline {
  const kept = new Uint8Array(outline.length);
  const half = Math.floor(outline.length / 2);
  kept[0] = kept[half] = kept[outline.length - 1] = 1;
  const spans: [number, number][] = [
    [0, half],
    [half, outline.length - 1],
  ];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [from, to] = span;
    let [farthest, distance] = [-1, tolerance];
    for (let at = from + 1; at < to; at += 1) {
      const away = distanceOf(outline, at, from, to);
      if (away > distance) [farthest, distance] = [at, away];
    }
    if (farthest < 0) continue;
    kept[farthest] = 1;
    spans.push([from, farthest], [farthest, to]);
  }
  return outline.filter((_, index) => kept[index] === 1);
}

function distanceOf(outline: Outline, at: number, from: number, to: number): number {
  const [[x, y], [x0, y0], [x1, y1]] = [outline[at], outline[from], outline[to]] as [Point, Point, Point];
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length === 0) return Math.hypot(x - x0, y - y0);
  return Math.abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length;
}

type Point = readonly [number, number];
