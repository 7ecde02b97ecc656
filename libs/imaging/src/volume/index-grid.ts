import { indexDirections, sliceDistancesMm, vectors, type Vector, type VolumeGeometry } from '@medserve/clinical';

/** A volume as a lattice: the way in millimetres from one column, row or slice to the next, and where sample 0 lies. */
export interface IndexGrid {
  readonly steps: readonly [Vector, Vector, Vector];
  readonly origin: Vector;
}

/** Slice positions may differ from an even row of slices by this much of their distance: headers are rounded. */
const UNEVENNESS = 0.01;

/** @returns `undefined` for a volume that is no lattice, because its slices are unevenly spaced or shifted. */
export function indexGrid(geometry: VolumeGeometry): IndexGrid | undefined {
  const { slicePositionsMm: positions, spacingMm } = geometry;
  const [column, row, slice] = indexDirections(geometry);
  const origin = positions[0] as Vector;
  const count = positions.length - 1;
  const step: Vector =
    count === 0
      ? vectors.times(slice, geometry.sliceThicknessMm ?? 1)
      : vectors.times(vectors.subtract(positions[count] as Vector, origin), 1 / count);
  const tolerance = UNEVENNESS * Math.min(...sliceDistancesMm(geometry), vectors.length(step));
  const isEven = positions.every((position, index) => {
    const expected = vectors.add(origin, vectors.times(step, index));
    return vectors.length(vectors.subtract(position, expected)) <= tolerance;
  });
  if (!isEven) return undefined;
  return { steps: [vectors.times(column, spacingMm.column), vectors.times(row, spacingMm.row), step], origin };
}

/** The geometry of a lattice with this many slices. */
export function gridGeometry({ steps: [column, row, slice], origin }: IndexGrid, slices: number): VolumeGeometry {
  const normal = vectors.unit(vectors.cross(column, row));
  return {
    spacingMm: { row: vectors.length(row), column: vectors.length(column) },
    rowDirection: vectors.unit(column),
    columnDirection: vectors.unit(row),
    slicePositionsMm: Array.from({ length: slices }, (_, index) => vectors.add(origin, vectors.times(slice, index))),
    sliceThicknessMm: Math.abs(vectors.dot(slice, normal)),
  };
}
