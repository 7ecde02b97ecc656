import { vectors, type Vector } from '@medserve/clinical';
import type { DicomObject } from './dicom-object';
import { groupsOf } from './functional-groups';
import { readGeometry } from './geometry';
import { TAG } from './tags';

/** Where a picture lies in the patient. */
export interface Placement {
  /** The plane of a slice (PS3.3 C.7.6.2), in LPS: unit vectors, and millimetres. */
  readonly plane?: {
    /** Centre of the first sample. */
    readonly origin: Vector;
    readonly rowDirection: Vector;
    readonly columnDirection: Vector;
  };
  /** Of a projection: where columns and rows grow to, in letters (Patient Orientation, PS3.3 C.7.6.1.1.1). */
  readonly letters?: readonly [string, string];
}

/** At most three, the main direction first; whatever else stands there says nothing. */
const LETTERS = /^[APRLHF]{1,3}$/;
/** Two directions at right angles span a square of area 1; what is far from it is no plane. */
const LEAST_AREA = 0.9;

/** @returns undefined where the header says nothing of it that can be used */
export function placementOf(object: Pick<DicomObject, 'dataSet'>, frame: number): Placement | undefined {
  const { imagePositionPatient: origin, imageOrientationPatient } = readGeometry(groupsOf(object, frame));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = imageOrientationPatient ?? [];
  const area = vectors.length(vectors.cross([a, b, c], [d, e, f]));
  if (origin?.every(Number.isFinite) === true && area > LEAST_AREA && area < 1 / LEAST_AREA) {
    return { plane: { origin, rowDirection: vectors.unit([a, b, c]), columnDirection: vectors.unit([d, e, f]) } };
  }
  const [x = '', y = ''] = [0, 1].map((index) => object.dataSet.code(TAG.patientOrientation, index));
  return LETTERS.test(x) && LETTERS.test(y) ? { letters: [x, y] } : undefined;
}
