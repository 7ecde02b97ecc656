import { depthsMm, orderAlongNormal, vectors, type Vector, type Volume, type VolumeGeometry } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { DECODE_LIMITS, type DecodeLimits } from '../decode/limits';
import { tooLarge, unreadable } from '../decode/refuse';
import { commonSamples } from './common-samples';
import type { SliceInput } from './slice-input';

/** Directions of one series agree to a quarter of a degree. */
const LEAST_COSINE = 0.99999;
/** Relative difference of spacing that writers produce by rounding. */
const SPACING_TOLERANCE = 1e-3;
/** Slices nearer than this lie at the same place. */
const SAME_PLACE_MM = 0.01;

/**
 * One volume from the slices of one series, in the order of the normal whatever order they came in. Uneven spacing and gantry
 * tilt stay as they are: every slice keeps its own position. A slice that was sent twice counts once.
 *
 * @param slices at least one
 * @throws ServingError `mixed_series` that names what differs; `too_large`; `unreadable_image` for colour or unusable geometry
 */
export function assembleVolume(
  slices: readonly SliceInput[],
  limits: Pick<DecodeLimits, 'maxFrames' | 'maxDecodedBytes'> = DECODE_LIMITS,
): Volume {
  const [first] = slices;
  if (first === undefined) throw unreadable('There is no slice to make a volume of.');
  checkForm(slices);
  checkSameSeries(first, slices);
  checkSize(first, slices.length, limits);

  const ordered = inOrder(slices);
  const { width: columns, height: rows } = first.picture;
  const pixels = commonSamples(ordered.map(({ picture }) => picture));
  return { kind: 'volume', slices: ordered.length, rows, columns, ...pixels, geometry: geometryOf(ordered) };
}

function checkForm(slices: readonly SliceInput[]): void {
  for (const { picture, geometry } of slices) {
    if (picture.channels !== 1) throw unreadable('A volume is made of slices with one channel; a slice is in colour.');
    const numbers = [...geometry.imagePositionPatient, ...geometry.imageOrientationPatient];
    const { row, column } = geometry.pixelSpacing;
    const [u, v] = directions(geometry.imageOrientationPatient);
    const isUsable =
      numbers.every(Number.isFinite) && row > 0 && column > 0 && vectors.length(vectors.cross(u, v)) > 0.9;
    if (!isUsable || vectors.length(u) > 1.1 || vectors.length(v) > 1.1) {
      throw unreadable('The header of a slice gives it no usable position, orientation or pixel spacing.');
    }
  }
}

function checkSameSeries(first: SliceInput, slices: readonly SliceInput[]): void {
  const differing = new Set<string>();
  for (const slice of slices) {
    if (slice.seriesKey !== first.seriesKey) differing.add('series or frame of reference');
    if (slice.picture.width !== first.picture.width || slice.picture.height !== first.picture.height)
      differing.add('rows and columns');
    if (!isParallel(slice, first)) differing.add('orientation');
    if (!isSameSpacing(slice, first)) differing.add('pixel spacing');
    const [unit, firstUnit] = [slice.picture.rescale?.unit, first.picture.rescale?.unit];
    if (unit !== undefined && firstUnit !== undefined && unit !== firstUnit) differing.add('unit of the values');
  }
  if (differing.size > 0) throw mixed(`The ${String(slices.length)} slices differ in ${[...differing].join(', ')}.`);
}

function isParallel(a: SliceInput, b: SliceInput): boolean {
  const [u, v] = directions(a.geometry.imageOrientationPatient).map(vectors.unit) as [Vector, Vector];
  const [w, x] = directions(b.geometry.imageOrientationPatient).map(vectors.unit) as [Vector, Vector];
  return vectors.dot(u, w) >= LEAST_COSINE && vectors.dot(v, x) >= LEAST_COSINE;
}

function isSameSpacing(a: SliceInput, b: SliceInput): boolean {
  const near = (x: number, y: number): boolean => Math.abs(x - y) <= SPACING_TOLERANCE * y;
  const [one, other] = [a.geometry.pixelSpacing, b.geometry.pixelSpacing];
  return near(one.row, other.row) && near(one.column, other.column);
}

function checkSize(
  { picture }: SliceInput,
  count: number,
  limits: Pick<DecodeLimits, 'maxFrames' | 'maxDecodedBytes'>,
): void {
  if (count > limits.maxFrames)
    throw tooLarge('The series has too many slices.', 'maxFrames', limits.maxFrames, 'slices');
  if (count * picture.samples.byteLength > limits.maxDecodedBytes) {
    throw tooLarge('The volume is too large.', 'maxDecodedBytes', limits.maxDecodedBytes, 'bytes');
  }
}

/** The slices along the normal, without those that were sent twice. */
function inOrder(slices: readonly SliceInput[]): readonly SliceInput[] {
  const stack = geometryOf(slices);
  const depths = depthsMm(stack);
  const kept: number[] = [];
  for (const index of orderAlongNormal(stack)) {
    const before = kept.at(-1);
    if (before === undefined || (depths[index] as number) - (depths[before] as number) > SAME_PLACE_MM)
      kept.push(index);
    else checkTwin(slices[before] as SliceInput, slices[index] as SliceInput);
  }
  return kept.map((index) => slices[index] as SliceInput);
}

function checkTwin(a: SliceInput, b: SliceInput): void {
  const shift = vectors.length(vectors.subtract(a.geometry.imagePositionPatient, b.geometry.imagePositionPatient));
  const [x, y] = [a.picture, b.picture];
  const isSame =
    shift <= 2 * SAME_PLACE_MM &&
    x.rescale?.slope === y.rescale?.slope &&
    x.rescale?.intercept === y.rescale?.intercept &&
    x.samples.every((value, index) => value === y.samples[index]);
  if (!isSame)
    throw mixed(
      'Two different slices lie at the same place: several phases, echoes or reconstructions in one request.',
    );
}

function geometryOf(slices: readonly SliceInput[]): VolumeGeometry {
  const { imageOrientationPatient, pixelSpacing } = (slices[0] as SliceInput).geometry;
  const [u, v] = directions(imageOrientationPatient);
  const thickness = thickestMm(slices);
  return {
    spacingMm: pixelSpacing,
    rowDirection: vectors.unit(u),
    columnDirection: vectors.unit(v),
    slicePositionsMm: slices.map(({ geometry }) => geometry.imagePositionPatient),
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

function directions([a, b, c, d, e, f]: readonly [number, number, number, number, number, number]): [Vector, Vector] {
  return [
    [a, b, c],
    [d, e, f],
  ];
}

const mixed = (detail: string): ServingError => new ServingError('mixed_series', detail);
