import {
  depthsMm,
  orderAlongNormal,
  sliceDistancesMm,
  vectors,
  type Vector,
  type VolumeGeometry,
} from '@medserve/clinical';
import { directions, mixed } from './check-slices';
import type { SliceInput } from './slice-input';

/** Slices nearer than this lie at the same place. */
const SAME_PLACE_MM = 0.01;
/**
 * A way from slice to slice of so many times the usual one is no missing slice but another part of the body, or most of a series
 * that is missing: what lies between cannot be made up.
 */
const GAP = 4;

/** The slices by their place along the normal: one entry a place, with all slices that lie there. */
export function placesAlongNormal(slices: readonly SliceInput[]): readonly (readonly SliceInput[])[] {
  const stack = geometryOf(slices);
  const depths = depthsMm(stack);
  const places: SliceInput[][] = [];
  let before = -Infinity;
  for (const index of orderAlongNormal(stack)) {
    const slice = slices[index] as SliceInput;
    const depth = depths[index] as number;
    if (depth - before <= SAME_PLACE_MM) places.at(-1)?.push(slice);
    else {
      places.push([slice]);
      before = depth;
    }
  }
  places.forEach(checkOnePlace);
  return places;
}

function checkOnePlace([first, ...others]: readonly SliceInput[]): void {
  for (const { geometry } of others) {
    const at = (first as SliceInput).geometry.imagePositionPatient;
    if (vectors.length(vectors.subtract(geometry.imagePositionPatient, at)) > 2 * SAME_PLACE_MM)
      throw mixed('Two slices lie beside each other in the same plane: they do not form one stack.');
  }
}

/** @param slices one a place, in the order of the volume */
export function geometryOf(slices: readonly SliceInput[]): VolumeGeometry {
  const first = slices[0] as SliceInput;
  const [u, v] = directions(first);
  const thickness = thickestMm(slices);
  return {
    spacingMm: first.geometry.pixelSpacing,
    rowDirection: vectors.unit(u),
    columnDirection: vectors.unit(v),
    slicePositionsMm: slices.map(({ geometry }): Vector => geometry.imagePositionPatient),
    ...(thickness !== undefined && { sliceThicknessMm: thickness }),
  };
}

/** The nominal thickness; the largest where slices differ, which is what a gap has to exceed to be one. */
function thickestMm(slices: readonly SliceInput[]): number | undefined {
  const named = slices
    .map(({ geometry }) => geometry.sliceThicknessMm)
    .filter((mm): mm is number => mm !== undefined && mm > 0);
  return named.length === 0 ? undefined : named.reduce((most, mm) => Math.max(most, mm));
}

/** @throws ServingError `mixed_series` for a stack in parts */
export function checkGaps(geometry: VolumeGeometry): void {
  const distances = [...sliceDistancesMm(geometry)].sort((a, b) => a - b);
  const most = distances.at(-1);
  if (most === undefined) return;
  const usual = Math.max(distances[(distances.length - 1) >> 1] as number, geometry.sliceThicknessMm ?? 0);
  if (most > GAP * usual) {
    throw mixed(
      `There is a gap of ${most.toFixed(1)} mm where ${usual.toFixed(1)} mm are usual: the series is in parts, or not whole.`,
    );
  }
}
