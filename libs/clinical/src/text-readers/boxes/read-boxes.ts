import type { Box } from '../../answers/answer';
import { findBoxes, type Written } from './find-boxes';
import { placeBox, type Frame, type Grid } from './grid';

export interface ReadBox extends Pick<Written, 'start' | 'end'> {
  readonly box: Box;
  readonly isClipped: boolean;
}

export interface ReadBoxes {
  /** In the order of the text. */
  readonly boxes: readonly ReadBox[];
  /** What was written like a box and is none on the image. */
  readonly refused: readonly Pick<Written, 'start' | 'end'>[];
}

export const REFUSED_BOX = 'A box of the answer is malformed or lies outside the image; none of its boxes is given.';
export const CLIPPED_BOX = 'A box reached beyond the edge of the image and was clipped there.';

/** The boxes of a text in pixels of the image. */
export function readBoxes(text: string, grid: Grid, frame: Frame): ReadBoxes {
  const boxes: ReadBox[] = [];
  const refused: Pick<Written, 'start' | 'end'>[] = [];
  for (const { start, end, corners } of findBoxes(text, grid)) {
    const placed = corners === undefined ? undefined : placeBox(corners, grid, frame);
    if (placed?.kind === 'placed') boxes.push({ start, end, box: placed.box, isClipped: placed.isClipped });
    else refused.push({ start, end });
  }
  return { boxes, refused };
}

/** The words of a text without what is written like a box. */
export function withoutBoxes(text: string, { boxes, refused }: ReadBoxes): string {
  const places = [...boxes, ...refused].sort((left, right) => left.start - right.start);
  const pieces = [...places, { start: text.length, end: text.length }].map(({ start }, index) =>
    text.slice(places[index - 1]?.end ?? 0, start),
  );
  return pieces
    .join(' ')
    .replace(/\s+/gu, ' ')
    .replace(/\s+([.,;:!?。，；：！？])/gu, '$1')
    .trim();
}
