import type { Corners, Grid } from './grid';

/** A place in a text where a box is written, or was meant to be. */
export interface Written {
  readonly start: number;
  readonly end: number;
  /** Absent of what begins like a box and is none. */
  readonly corners?: Corners;
}

const NUMBER = String.raw`\s*(-?\d{1,7}(?:\.\d{1,7})?)\s*`;

/** What begins like a box, to its end or to where it cannot be one any more. `[1]` is a citation, and begins none. */
const BEGUN: Readonly<Record<Grid['form'], RegExp>> = {
  brackets: /\[\s*-?\d[\d.]{0,14}\s*,[\s\d.,-]{0,64}\]?/gu,
  'box-pairs': /<\|?box\|?>(?:(?!<\|?\/?box\|?>).){0,64}(?:<\|?\/box\|?>)?/gu,
  'box-tags': /<box>(?:(?!<\/?box>).){0,64}(?:<\/box>)?/gu,
};

const WHOLE: Readonly<Record<Grid['form'], RegExp>> = {
  brackets: new RegExp(String.raw`^\[${NUMBER},${NUMBER},${NUMBER},${NUMBER}\]$`, 'u'),
  'box-pairs': new RegExp(
    String.raw`^<\|?box\|?>\s*\(${NUMBER},${NUMBER}\)\s*,\s*\(${NUMBER},${NUMBER}\)\s*<\|?/box\|?>$`,
    'u',
  ),
  'box-tags': /^<box>\s*<x(\d{1,7})>\s*<y(\d{1,7})>\s*<x(\d{1,7})>\s*<y(\d{1,7})>\s*<\/box>$/u,
};

/** The boxes of a text in its order, the spoilt ones among them. */
export function findBoxes(text: string, { form }: Pick<Grid, 'form'>): readonly Written[] {
  return [...text.matchAll(BEGUN[form])].map(({ 0: written, index }) => {
    const numbers = WHOLE[form].exec(written)?.slice(1).map(Number);
    const place = { start: index, end: index + written.length };
    return numbers === undefined ? place : { ...place, corners: numbers as unknown as Corners };
  });
}
