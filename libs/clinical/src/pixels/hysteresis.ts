import { connectedComponents } from './connected-components';

export interface HysteresisThresholds {
  /** A pixel above this belongs to a component ... */
  readonly low: number;
  /** ... that is kept when one of its pixels is above this ... */
  readonly high: number;
  /** ... and it has at least so many pixels. */
  readonly leastPixels: number;
}

/** Hysteresis thresholding (Canny, IEEE Trans PAMI 8:679-698, 1986) with a least size: one byte a pixel, 1 where kept. */
export function hysteresis(
  strength: Float32Array,
  width: number,
  height: number,
  { low, high, leastPixels }: HysteresisThresholds,
): Uint8Array {
  const { labels, areas } = connectedComponents(
    strength.map((value) => (value > low ? 1 : 0)),
    width,
    height,
  );
  const kept = new Uint8Array(areas.length);
  for (let at = 0; at < labels.length; at += 1) {
    const label = labels[at] as number;
    if (label > 0 && (strength[at] as number) > high && (areas[label] as number) >= leastPixels) kept[label] = 1;
  }
  return Uint8Array.from(labels, (label) => kept[label] as number);
}
