import { sampleAreaMm2, sliceDistancesMm, sliceWeightsMm, tiltDegrees } from '../geometry/slice-stack';
import type { VolumeGeometry } from '../pixels/picture';

/** A slice that stands for this many times the usual distance, or its own thickness, leaves tissue unseen. */
const GAP = 1.6;
const UNEVEN = 1.05;
const NOTABLE_TILT_DEGREES = 0.5;

export const twoDecimals = (value: number): number => Number(value.toFixed(2));

/** The geometry that volumes in millilitres rest on, as evidence of an answer. */
export function geometryEvidence(geometry: VolumeGeometry) {
  const distances = sliceDistancesMm(geometry);
  const weights = sliceWeightsMm(geometry) ?? [];
  return {
    kind: 'geometry',
    slices: geometry.slicePositionsMm.length,
    ...(distances.length > 0 && {
      sliceDistanceMm: { least: twoDecimals(Math.min(...distances)), most: twoDecimals(Math.max(...distances)) },
      tiltDegrees: twoDecimals(tiltDegrees(geometry)),
    }),
    coveredMm: twoDecimals(weights.reduce((sum, weight) => sum + weight, 0)),
    sampleAreaMm2: Number(sampleAreaMm2(geometry).toFixed(5)),
  };
}

/** What a reader of volumes in millilitres has to know of the slices: that they are single, uneven, apart or tilted. */
export function geometryWarnings(geometry: VolumeGeometry): string[] {
  const said: string[] = [];
  const distances = [...sliceDistancesMm(geometry)].sort((a, b) => a - b);
  const [least, most] = [distances[0], distances.at(-1)];
  if (least === undefined || most === undefined) {
    said.push('A single slice: the volumes are those of its own thickness.');
  } else {
    if (most > UNEVEN * least) {
      said.push(
        `The slices are unevenly spaced (${String(twoDecimals(least))} to ${String(twoDecimals(most))} mm); each counts with the thickness that it stands for.`,
      );
    }
    const usual = Math.max(distances[Math.floor(distances.length / 2)] as number, geometry.sliceThicknessMm ?? 0);
    if (most > GAP * usual)
      said.push(`There is a gap of ${String(twoDecimals(most))} mm between slices; what lies in it was not seen.`);
  }
  const tilt = tiltDegrees(geometry);
  if (tilt > NOTABLE_TILT_DEGREES)
    said.push(`The slices are tilted by ${String(twoDecimals(tilt))} degrees, which the volumes take into account.`);
  return said;
}
