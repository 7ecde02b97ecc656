import { fitCircle, type Circle } from '../../pixels/circle';
import { connectedComponents } from '../../pixels/connected-components';

export interface Field {
  /** 1 inside the largest lit area, one byte a model pixel. */
  readonly mask: Uint8Array;
  readonly pixels: number;
  /** The circle of the lens's field, in model coordinates; absent where no round edge is seen, as in a crop. */
  readonly circle?: Circle;
}

/** An arc of a sixth of a circle still gives the circle; less does not. */
const LEAST_ARC_SHARE = 1 / 6;
/** Edge points further from the circle than this share of its radius are a notch, a label or a lash. */
const OUTLIER_SHARE = 0.02;

/** Finds the lit field of a fundus photograph in the model's rough mask. */
export function findField(lit: Uint8Array, width: number, height: number): Field {
  const { labels, areas } = connectedComponents(lit, width, height);
  let largest = 1;
  for (let label = 2; label < areas.length; label += 1) {
    if ((areas[label] as number) > (areas[largest] as number)) largest = label;
  }
  const mask = Uint8Array.from(labels, (label) => (label === largest ? 1 : 0));
  const circle = fieldCircle(mask, width, height);
  return { mask, pixels: areas[largest] ?? 0, ...(circle && { circle }) };
}

function fieldCircle(mask: Uint8Array, width: number, height: number): Circle | undefined {
  let points = outline(mask, width, height);
  let circle = fitCircle(points);
  for (let round = 0; round < 4 && circle; round += 1) {
    const { x, y, radius } = circle;
    // A wide gate first: a notch has pulled the first circle too.
    const gate = radius * Math.max(OUTLIER_SHARE, 0.08 / 2 ** round);
    points = points.filter(([px, py]) => Math.abs(Math.hypot(px - x, py - y) - radius) <= gate);
    circle = fitCircle(points);
  }
  if (!circle || points.length < LEAST_ARC_SHARE * 4 * circle.radius) return undefined;
  return circle;
}

/** First and last field pixel of each row and column, unless it is the image's own edge. */
function outline(mask: Uint8Array, width: number, height: number): [number, number][] {
  const points: [number, number][] = [];
  const scan = (length: number, index: (step: number) => number, point: (step: number) => [number, number]): void => {
    let [first, last] = [0, length - 1];
    while (first < length && !mask[index(first)]) first += 1;
    while (last > first && !mask[index(last)]) last -= 1;
    if (first === length) return;
    if (first > 0) points.push(point(first));
    if (last < length - 1) points.push(point(last + 1));
  };
  for (let y = 0; y < height; y += 1) {
    scan(
      width,
      (x) => y * width + x,
      (x) => [x, y + 0.5],
    );
  }
  for (let x = 0; x < width; x += 1) {
    scan(
      height,
      (y) => y * width + x,
      (y) => [x + 0.5, y],
    );
  }
  return points;
}
