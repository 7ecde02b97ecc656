import type { Vector } from '@medserve/clinical';
import { geometryOf, type SourceFrame } from '../common/source-image';

/** Frames of one grid in one frame of reference, each with a place of its own in the patient. */
export interface Stack {
  readonly frameOfReferenceUid: string;
  /** By their positions along the normal of the first. */
  readonly frames: readonly SourceFrame[];
  /** Between neighbours, along the normal, in millimetres; undefined where the distances differ, or there are none. */
  readonly spacingMm: number | undefined;
  readonly isParallel: boolean;
}

/** Distances that differ by less are the same distance, written with few digits. */
const SAME_MM = 0.01;

/** @returns undefined where a segmentation could not say where the frames lie: no frame of reference, no places, several grids */
export function stackOf(frames: readonly SourceFrame[]): Stack | undefined {
  const [first] = frames;
  const frameOfReferenceUid = first?.image.frameOfReferenceUid;
  if (first === undefined || frameOfReferenceUid === undefined) return undefined;
  const { rows, columns, seriesUid } = first.image;
  const isOne = frames.every(
    ({ image }) =>
      image.frameOfReferenceUid === frameOfReferenceUid &&
      image.seriesUid === seriesUid &&
      image.rows === rows &&
      image.columns === columns,
  );
  const places = frames.map(placeOf);
  const normal = places[0]?.normal;
  if (!isOne || normal === undefined || places.some((place) => place === undefined)) return undefined;
  const placed = (places as Placed[]).map((place) => ({ ...place, along: dot(place.position, normal) }));
  placed.sort((one, other) => one.along - other.along);
  const gaps = placed.slice(1).map(({ along }, index) => along - (placed[index] as { along: number }).along);
  const [gap] = gaps;
  const isEven = gap !== undefined && gap > SAME_MM && gaps.every((other) => Math.abs(other - gap) < SAME_MM);
  return {
    frameOfReferenceUid,
    frames: placed.map(({ frame }) => frame),
    spacingMm: isEven ? Math.abs(gap) : undefined,
    isParallel: placed.every((place) => dot(place.normal, normal) > 1 - 1e-4),
  };
}

interface Placed {
  readonly frame: SourceFrame;
  readonly position: Vector;
  readonly normal: Vector;
}

function placeOf(frame: SourceFrame): Placed | undefined {
  const { imagePositionPatient: position, imageOrientationPatient: axes, pixelSpacing } = geometryOf(frame);
  if (position === undefined || axes === undefined || pixelSpacing === undefined) return undefined;
  const [rx, ry, rz, cx, cy, cz] = axes;
  return { frame, position, normal: [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx] };
}

const dot = (one: Vector, other: Vector): number => one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
