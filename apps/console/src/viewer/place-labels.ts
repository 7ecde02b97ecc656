import type { Size } from './view';

/** A name that wants to stand at its finding, in CSS pixels of the canvas. */
export interface WantedLabel {
  readonly text: string;
  readonly colour: string;
  readonly left: number;
  /** Of the finding. */
  readonly top: number;
  readonly bottom: number;
  /** Of the name itself. */
  readonly width: number;
}

export interface PlacedLabel {
  readonly of: WantedLabel;
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

const HEIGHT = 20;
const GAP = 3;
/** Top left, where the slice and the window are told. */
const CORNER = { width: 136, height: 46 } as const;

const isInCorner = (left: number, top: number): boolean => left < CORNER.width && top < CORNER.height;

/**
 * Puts names above their findings, or below, or within, so that all are whole on the canvas and none covers another, or what is told
 * in the corner.
 * The first come first; one for which there is no room is left out, as it stands beside the image anyway.
 */
export function placeLabels(wanted: readonly WantedLabel[], size: Size): readonly PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  const isFree = (left: number, top: number, width: number): boolean =>
    !isInCorner(left, top) &&
    placed.every(
      (other) =>
        left >= other.left + other.of.width ||
        left + width <= other.left ||
        top >= other.top + HEIGHT ||
        top + HEIGHT <= other.top,
    );
  for (const of of wanted) {
    const left = Math.max(0, Math.min(of.left, size.width - of.width));
    const top = [of.top - HEIGHT - GAP, of.bottom + GAP, of.top + GAP].find(
      (each) => each >= 0 && each + HEIGHT <= size.height && isFree(left, each, of.width),
    );
    if (top !== undefined) placed.push({ of, left, top, height: HEIGHT });
  }
  return placed;
}
