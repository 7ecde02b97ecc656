import { createHash } from 'node:crypto';
import type { Vector } from '@medserve/clinical';
import type { DataSet } from './data-set';
import { TAG } from './tags';

/** Where a frame lies in the patient (PS3.3 C.7.6.2); absent members were absent, or unusable, in the file. */
export interface FrameGeometry {
  readonly imagePositionPatient?: Vector;
  /** Row direction, then column direction. */
  readonly imageOrientationPatient?: readonly [number, number, number, number, number, number];
  readonly pixelSpacing?: { readonly row: number; readonly column: number };
  readonly sliceThicknessMm?: number;
  readonly gantryTiltDeg?: number;
}

const numbers = (groups: readonly DataSet[], tag: number, count: number): number[] | undefined => {
  const values = groups.find((group) => group.has(tag))?.decimals(tag);
  return values !== undefined && values.length >= count ? values : undefined;
};

const one = (groups: readonly DataSet[], tag: number): number | undefined => numbers(groups, tag, 1)?.[0];

/** @param groups the data sets that may hold the attributes, the most specific first */
export function readGeometry(groups: readonly DataSet[]): FrameGeometry {
  const position = numbers(groups, TAG.imagePositionPatient, 3);
  const orientation = numbers(groups, TAG.imageOrientationPatient, 6);
  const thickness = one(groups, TAG.sliceThickness);
  const tilt = one(groups, TAG.gantryDetectorTilt);
  const pixelSpacing = readSpacing(groups);
  return {
    ...(position === undefined ? {} : { imagePositionPatient: position.slice(0, 3) as unknown as Vector }),
    ...(orientation === undefined
      ? {}
      : {
          imageOrientationPatient: orientation.slice(0, 6) as unknown as NonNullable<
            FrameGeometry['imageOrientationPatient']
          >,
        }),
    ...(pixelSpacing === undefined ? {} : { pixelSpacing }),
    ...(thickness === undefined || thickness <= 0 ? {} : { sliceThicknessMm: thickness }),
    ...(tilt === undefined ? {} : { gantryTiltDeg: tilt }),
  };
}

/** In the patient where it is calibrated, else at the detector (PS3.3 10.7.1.1): magnification is then not undone. */
function readSpacing(groups: readonly DataSet[]): { row: number; column: number } | undefined {
  for (const tag of [TAG.pixelSpacing, TAG.imagerPixelSpacing, TAG.nominalScannedPixelSpacing]) {
    const [row, column] = numbers(groups, tag, 2) ?? [];
    if (row !== undefined && column !== undefined && row > 0 && column > 0) return { row, column };
  }
  return undefined;
}

/** A stand-in for a UID that can be compared and logged, and does not tell the UID. */
export const keyOf = (...uids: readonly (string | undefined)[]): string =>
  createHash('sha256')
    .update(uids.map((uid) => uid ?? '').join('\n'))
    .digest('hex');
