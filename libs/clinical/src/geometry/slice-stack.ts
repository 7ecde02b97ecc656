import type { Vector, VolumeGeometry } from '../pixels/picture';
import { cross, dot, length, subtract, times, unit } from './vector';

type Stack = Pick<VolumeGeometry, 'rowDirection' | 'columnDirection' | 'slicePositionsMm'>;

/** Normal of the slice plane in LPS: row direction x column direction (PS3.3 C.7.6.2.1.1). Length 1. */
export function sliceNormal(rowDirection: Vector, columnDirection: Vector): Vector {
  return unit(cross(rowDirection, columnDirection));
}

/** How far along the normal each slice lies, in millimetres from the patient origin. */
export function depthsMm({ rowDirection, columnDirection, slicePositionsMm }: Stack): readonly number[] {
  const normal = sliceNormal(rowDirection, columnDirection);
  return slicePositionsMm.map((position) => dot(position, normal));
}

/** Indices of the slices in the order of the normal. */
export function orderAlongNormal(stack: Stack): readonly number[] {
  const depths = depthsMm(stack);
  return depths.map((_, index) => index).sort((a, b) => (depths[a] as number) - (depths[b] as number));
}

/**
 * Perpendicular distances between neighbouring slices, in millimetres, one fewer than there are slices. The distance between
 * two origins would be too long wherever the gantry was tilted.
 */
export function sliceDistancesMm(stack: Stack): readonly number[] {
  const depths = depthsMm(stack);
  return depths.slice(1).map((depth, index) => Math.abs(depth - (depths[index] as number)));
}

/**
 * The thickness of tissue that each slice stands for, in millimetres. A slice stands for everything that is nearer to it than
 * to another one: half the distance to each neighbour. The first and the last have one neighbour and reach as far outwards as
 * inwards. A single slice stands for its nominal thickness.
 *
 * @returns `undefined` for a single slice whose thickness nobody named: its volume is not known.
 */
export function sliceWeightsMm(stack: Stack & Pick<VolumeGeometry, 'sliceThicknessMm'>): readonly number[] | undefined {
  const distances = sliceDistancesMm(stack);
  if (distances.length === 0) return stack.sliceThicknessMm === undefined ? undefined : [stack.sliceThicknessMm];
  return stack.slicePositionsMm.map((_, index) => {
    const before = distances[index - 1] ?? distances[index] ?? 0;
    const after = distances[index] ?? before;
    return (before + after) / 2;
  });
}

/**
 * Angle between the way from slice to slice and the normal, in degrees: 0 for an upright stack, the gantry tilt for a tilted
 * one. Taken from the first to the last slice, so uneven spacing does not matter.
 */
export function tiltDegrees(stack: Stack): number {
  const first = stack.slicePositionsMm[0];
  const last = stack.slicePositionsMm.at(-1);
  if (first === undefined || last === undefined || length(subtract(last, first)) === 0) return 0;
  const way = subtract(last, first);
  const along = dot(way, sliceNormal(stack.rowDirection, stack.columnDirection));
  const across = length(subtract(way, times(sliceNormal(stack.rowDirection, stack.columnDirection), along)));
  return (Math.atan2(across, Math.abs(along)) * 180) / Math.PI;
}

/** Area of one sample in its slice, in square millimetres; of a parallelogram, should the axes not be at right angles. */
export function sampleAreaMm2({ spacingMm, rowDirection, columnDirection }: VolumeGeometry): number {
  return spacingMm.row * spacingMm.column * length(cross(rowDirection, columnDirection));
}

/**
 * Volume that one sample of each slice stands for, in millilitres: area times perpendicular thickness. A sheared cell has the
 * volume of the upright one with the same base and height (Cavalieri), so gantry tilt needs nothing more.
 *
 * @returns `undefined` where `sliceWeightsMm` is.
 */
export function sampleVolumesMl(geometry: VolumeGeometry): readonly number[] | undefined {
  const area = sampleAreaMm2(geometry);
  return sliceWeightsMm(geometry)?.map((thickness) => (area * thickness) / 1000);
}
