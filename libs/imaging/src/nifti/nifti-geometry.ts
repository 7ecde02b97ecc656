import { vectors, type Vector, type VolumeGeometry } from '@medserve/clinical';
import { unreadable } from '../refuse';
import type { NiftiHeader } from './nifti-header';

/** Columns of the affine: the step along i, j and k, and the place of sample (0, 0, 0). */
interface Affine {
  readonly steps: readonly [Vector, Vector, Vector];
  readonly origin: Vector;
}

/** `xyzt_units`, lower three bits: metres, millimetres, micrometres; unknown counts as millimetres. */
const MILLIMETRES: Readonly<Record<number, number>> = { 1: 1000, 2: 1, 3: 0.001 };

/** Of the box of the same lengths, what a voxel encloses: less is a plane, but for rounding. */
const LEAST_SHARE = 1e-6;

/**
 * Geometry in the DICOM patient system: NIfTI's +x is right and +y anterior, DICOM's left and posterior, so both change their
 * sign. `sform` counts where both are given (it is what the last tool wrote), then `qform`; without either the axes are taken
 * as right, anterior, superior at the given spacing ("method 1" of nifti1.h).
 *
 * @param slices number of slices
 * @returns with `isReversed`, when slices had to be reversed to run along the normal
 * @throws ServingError `unreadable_image` for an affine that is singular or not finite
 */
export function niftiGeometry(
  header: NiftiHeader,
  slices: number,
): { readonly geometry: VolumeGeometry; readonly isReversed: boolean } {
  const { steps, origin } = toLps(affineOf(header), MILLIMETRES[header.units & 7] ?? 1);
  const [i, j, k] = steps;
  const volume = vectors.dot(vectors.cross(i, j), k);
  // Not by a size in millimetres: voxels of a light microscope are smaller than any.
  const hasVolume = Math.abs(volume) > LEAST_SHARE * vectors.length(i) * vectors.length(j) * vectors.length(k);
  if (!Number.isFinite(volume) || !hasVolume || !origin.every(Number.isFinite)) {
    throw unreadable('The NIfTI header gives the volume no usable position in space.');
  }
  const isReversed = volume < 0;
  const positions = Array.from({ length: slices }, (_, index) => vectors.add(origin, vectors.times(k, index)));
  return {
    isReversed,
    geometry: {
      spacingMm: { column: vectors.length(i), row: vectors.length(j) },
      rowDirection: vectors.unit(i),
      columnDirection: vectors.unit(j),
      slicePositionsMm: isReversed ? positions.reverse() : positions,
      sliceThicknessMm: Math.abs(vectors.dot(k, vectors.unit(vectors.cross(i, j)))),
    },
  };
}

function toLps({ steps, origin }: Affine, mm: number): Affine {
  const turn = (v: Vector): Vector => [-v[0] * mm, -v[1] * mm, v[2] * mm];
  return { steps: [turn(steps[0]), turn(steps[1]), turn(steps[2])], origin: turn(origin) };
}

function affineOf(header: NiftiHeader): Affine {
  if (header.sformCode > 0) return fromRows(header.srow);
  const [, x = 0, y = 0, z = 0] = header.pixdim.map(Math.abs);
  const spacing = [x || 1, y || 1, z || 1] as const;
  if (header.qformCode > 0) return fromQuaternion(header, spacing);
  return {
    steps: [
      [spacing[0], 0, 0],
      [0, spacing[1], 0],
      [0, 0, spacing[2]],
    ],
    origin: [0, 0, 0],
  };
}

function fromRows(srow: readonly number[]): Affine {
  const column = (index: number): Vector => [
    srow[index] as number,
    srow[4 + index] as number,
    srow[8 + index] as number,
  ];
  return { steps: [column(0), column(1), column(2)], origin: column(3) };
}

/** The rotation of nifti1.h, "method 2"; a `pixdim[0]` below 0 turns the third axis around, anything else does not. */
function fromQuaternion({ quatern, pixdim }: NiftiHeader, spacing: readonly [number, number, number]): Affine {
  const [b, c, d, x, y, z] = quatern as [number, number, number, number, number, number];
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const turned = (pixdim[0] as number) < 0 ? -1 : 1;
  const i: Vector = [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)];
  const j: Vector = [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)];
  const k: Vector = [2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c];
  return {
    steps: [vectors.times(i, spacing[0]), vectors.times(j, spacing[1]), vectors.times(k, spacing[2] * turned)],
    origin: [x, y, z],
  };
}
