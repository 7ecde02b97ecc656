import type { Vector, VolumeGeometry } from '../pixels/picture';
import { dot, unit } from './vector';
import { sliceNormal } from './slice-stack';

/** Where one index of a volume grows to: Left, Right, Posterior, Anterior, Superior, Inferior. */
export type AxisLetter = 'L' | 'R' | 'P' | 'A' | 'S' | 'I';

const POSITIVE: readonly AxisLetter[] = ['L', 'P', 'S'];
const NEGATIVE: readonly AxisLetter[] = ['R', 'A', 'I'];

/** The LPS axis (0 to 2) that a letter names, and which way along it. */
export function axisOf(letter: AxisLetter): { readonly axis: number; readonly sign: 1 | -1 } {
  const positive = POSITIVE.indexOf(letter);
  return positive >= 0 ? { axis: positive, sign: 1 } : { axis: NEGATIVE.indexOf(letter), sign: -1 };
}

/** Directions in which column index, row index and slice index grow; unit vectors in LPS. */
export function indexDirections(geometry: VolumeGeometry): readonly [Vector, Vector, Vector] {
  const { rowDirection, columnDirection, slicePositionsMm } = geometry;
  const normal = sliceNormal(rowDirection, columnDirection);
  const first = slicePositionsMm[0];
  const last = slicePositionsMm.at(-1);
  const grows = first === undefined || last === undefined || dot(last, normal) >= dot(first, normal);
  return [unit(rowDirection), unit(columnDirection), grows ? normal : [-normal[0], -normal[1], -normal[2]]];
}

/**
 * The orientation in three letters, as NIfTI tools write it: where column, row and slice index grow to, in this order. An
 * oblique volume gets the code of the nearest upright one; each axis is named once (the assignment that fits best as a whole).
 */
export function axisCode(geometry: VolumeGeometry): string {
  const directions = indexDirections(geometry);
  const fit = (order: readonly number[]): number =>
    order.reduce((sum, axis, index) => sum + Math.abs((directions[index] as Vector)[axis] as number), 0);
  const best = ORDERS.reduce((found, order) => (fit(order) > fit(found) ? order : found));
  return best
    .map((axis, index) => (((directions[index] as Vector)[axis] as number) >= 0 ? POSITIVE : NEGATIVE)[axis])
    .join('');
}

const ORDERS: readonly (readonly number[])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];
