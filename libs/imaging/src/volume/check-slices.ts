import { vectors, type Vector } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { DecodeLimits } from '../limits';
import { tooLarge, unreadable } from '../refuse';
import type { SliceInput } from './slice-input';

/** Directions of one series agree to a quarter of a degree. */
const LEAST_COSINE = 0.99999;
/**
 * Rows and columns are square to each other (PS3.3 C.7.6.2.1.1), to a quarter of a degree: directions that are rounded to three
 * decimals are off by up to a tenth.
 */
const MOST_SLANT = 0.0044;
/** Relative difference of spacing that writers produce by rounding. */
const SPACING_TOLERANCE = 1e-3;

export type VolumeLimits = Pick<DecodeLimits, 'maxFrames' | 'maxDecodedBytes'>;

export const mixed = (detail: string): ServingError => new ServingError('mixed_series', detail);

/** Row direction, then column direction. */
export function directions(slice: SliceInput): [Vector, Vector] {
  const [a, b, c, d, e, f] = slice.geometry.imageOrientationPatient;
  return [
    [a, b, c],
    [d, e, f],
  ];
}

/**
 * Whether the headers of the slices speak of one volume.
 *
 * @param slices at least one
 * @throws ServingError `mixed_series` that names what differs; `too_large`; `unreadable_image` for colour or unusable geometry
 */
export function checkSlices(slices: readonly SliceInput[], limits: VolumeLimits): void {
  const [first] = slices as readonly [SliceInput, ...SliceInput[]];
  slices.forEach(checkForm);
  checkSameSeries(first, slices);
  checkTimePoints(slices);
  checkSize(slices, limits);
}

function checkForm(slice: SliceInput): void {
  if (slice.channels !== 1) throw unreadable('A volume is made of slices with one channel; a slice is in colour.');
  const { imagePositionPatient, imageOrientationPatient, pixelSpacing } = slice.geometry;
  const numbers = [...imagePositionPatient, ...imageOrientationPatient];
  const [u, v] = directions(slice);
  const isUsable =
    numbers.every(Number.isFinite) &&
    pixelSpacing.row > 0 &&
    pixelSpacing.column > 0 &&
    vectors.length(vectors.cross(u, v)) > 0.9;
  if (!isUsable || vectors.length(u) > 1.1 || vectors.length(v) > 1.1) {
    throw unreadable('The header of a slice gives it no usable position, orientation or pixel spacing.');
  }
  if (Math.abs(vectors.dot(u, v)) > MOST_SLANT)
    throw unreadable('The header of a slice gives it rows and columns that are not at right angles.');
}

function checkSameSeries(first: SliceInput, slices: readonly SliceInput[]): void {
  const differing = new Set<string>();
  for (const slice of slices) {
    if (slice.seriesKey !== first.seriesKey) differing.add('series or frame of reference');
    if (slice.size.columns !== first.size.columns || slice.size.rows !== first.size.rows)
      differing.add('rows and columns');
    if (slice.stack !== first.stack) differing.add('stack (Stack ID)');
    if (!isParallel(slice, first)) differing.add('orientation');
    if (!isSameSpacing(slice, first)) differing.add('pixel spacing');
  }
  if (differing.size > 0) throw mixed(`The ${String(slices.length)} slices differ in ${[...differing].join(', ')}.`);
}

function isParallel(a: SliceInput, b: SliceInput): boolean {
  const [u, v] = directions(a).map(vectors.unit) as [Vector, Vector];
  const [w, x] = directions(b).map(vectors.unit) as [Vector, Vector];
  return vectors.dot(u, w) >= LEAST_COSINE && vectors.dot(v, x) >= LEAST_COSINE;
}

function isSameSpacing(a: SliceInput, b: SliceInput): boolean {
  const near = (x: number, y: number): boolean => Math.abs(x - y) <= SPACING_TOLERANCE * y;
  const [one, other] = [a.geometry.pixelSpacing, b.geometry.pixelSpacing];
  return near(one.row, other.row) && near(one.column, other.column);
}

function checkTimePoints(slices: readonly SliceInput[]): void {
  const points = new Set(slices.map(({ timePoint }) => timePoint).filter((point) => point !== undefined));
  if (points.size > 1)
    throw mixed(`The slices belong to ${String(points.size)} time points; a volume is one point in time.`);
}

function checkSize(slices: readonly SliceInput[], limits: VolumeLimits): void {
  if (slices.length > limits.maxFrames)
    throw tooLarge('The series has too many slices.', 'maxFrames', limits.maxFrames, 'slices');
  if (slices.reduce((sum, { decodedBytes }) => sum + decodedBytes, 0) > limits.maxDecodedBytes)
    throw tooLarge('The volume is too large.', 'maxDecodedBytes', limits.maxDecodedBytes, 'bytes');
}
