import { vectors, type Decoded, type Vector, type VolumeGeometry } from '@medserve/clinical';
import type { Placement } from '../dicom/placement';

/** How a NIfTI-1 header says where voxels lie. */
export interface NiftiPlace {
  /** Along i, j and k; 1 where nothing is known. */
  readonly pixdim: Vector;
  /** `xyzt_units`: 2 for millimetres, 0 for unknown. */
  readonly units: 0 | 2;
  /** `srow_x`, `srow_y`, `srow_z`: from indices to RAS millimetres; absent: not known. */
  readonly srow?: readonly [Row, Row, Row];
}

type Row = readonly [number, number, number, number];

const NOWHERE: NiftiPlace = { pixdim: [1, 1, 1], units: 0 };

/** Where the voxels of something decoded lie: voxel (i, j, k) is column i, row j, slice k. */
export function niftiPlaceOf(decoded: Decoded, plane: Placement['plane']): NiftiPlace {
  if (decoded.kind === 'volume') return placed(decoded.geometry);
  const { spacingMm } = decoded;
  if (spacingMm === undefined) return NOWHERE;
  if (plane === undefined) return { pixdim: [spacingMm.column, spacingMm.row, 1], units: 2 };
  const { origin, ...directions } = plane;
  return placed({ spacingMm, ...directions, slicePositionsMm: [origin] });
}

function placed({ spacingMm, rowDirection, columnDirection, ...stack }: VolumeGeometry): NiftiPlace {
  const [first, last] = [stack.slicePositionsMm[0], stack.slicePositionsMm.at(-1)];
  const i = vectors.times(rowDirection, spacingMm.column);
  const j = vectors.times(columnDirection, spacingMm.row);
  const steps = stack.slicePositionsMm.length - 1;
  // One affine has one step from slice to slice: where slices are not evenly spaced, the mean of all.
  const k =
    first !== undefined && last !== undefined && steps > 0
      ? vectors.times(vectors.subtract(last, first), 1 / steps)
      : vectors.times(vectors.unit(vectors.cross(rowDirection, columnDirection)), stack.sliceThicknessMm ?? 1);
  const row = (axis: 0 | 1 | 2, sign: 1 | -1): Row => {
    const number = (vector: Vector): number => sign * vector[axis] + 0;
    return [number(i), number(j), number(k), number(first ?? [0, 0, 0])];
  };
  return {
    pixdim: [vectors.length(i), vectors.length(j), vectors.length(k)],
    units: 2,
    // DICOM's +x is left and +y posterior, NIfTI's right and anterior.
    srow: [row(0, -1), row(1, -1), row(2, 1)],
  };
}
