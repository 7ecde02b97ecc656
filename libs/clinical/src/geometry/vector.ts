import type { Vector } from '../pixels/picture';

export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

export const times = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const length = (a: Vector): number => Math.hypot(a[0], a[1], a[2]);

/** The vector at length 1. @throws RangeError for a vector without length or with a member that is not finite. */
export function unit(a: Vector): Vector {
  const size = length(a);
  if (!(size > 0) || !Number.isFinite(size)) throw new RangeError('A direction needs a finite, positive length.');
  return times(a, 1 / size);
}
