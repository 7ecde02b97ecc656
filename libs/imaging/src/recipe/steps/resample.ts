import {
  depthsMm,
  sliceDistancesMm,
  sliceNormal,
  sliceWeightsMm,
  vectors,
  type Vector,
  type Volume,
} from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { z } from 'zod';
import { tooLarge } from '../../refuse';
import { gridGeometry } from '../../volume/index-grid';
import { needVolume } from '../need-volume';
import { makeSamples } from '../../samples';
import type { Step } from '../step';

const parameters = z.strictObject({
  spacingMm: z.number().min(0.1).max(10),
  maxVoxels: z
    .int()
    .min(1)
    .max(2 ** 28)
    .default(2 ** 25),
});

/**
 * Brings a volume to cubes of `spacingMm` by trilinear interpolation, on a grid along the volume's own rows, columns and
 * normal, with the same centre. Uneven spacing, gantry tilt and columns that are not square to the rows are undone: each sample is
 * taken where it lies. The outermost samples are held up to the edge of their cells; what no slice covers becomes the smallest sample
 * of the volume.
 * A volume that is on such a grid already passes unchanged.
 */
export const resample: Step<z.infer<typeof parameters>> = {
  id: 'resample',
  parameters,
  apply: ({ image, placement }, { spacingMm, maxVoxels }) => ({
    image: resampled(needVolume(image), spacingMm, maxVoxels),
    placement,
  }),
};

const SAME = 1e-3;

function resampled(volume: Volume, spacing: number, maxVoxels: number): Volume {
  const { geometry } = volume;
  const normal = sliceNormal(geometry.rowDirection, geometry.columnDirection);
  const u = geometry.rowDirection;
  const v = vectors.cross(normal, u);
  const along = (axis: Vector): number[] => geometry.slicePositionsMm.map((position) => vectors.dot(position, axis));
  const [lefts, tops, depths] = [along(u), along(v), depthsMm(geometry)];
  const down = wayDown(volume, v, spacing);
  const weights = sliceWeightsMm(geometry);
  if (weights === undefined) {
    throw new ServingError('unreadable_image', 'A single slice without a slice thickness is no volume.');
  }
  if (down.across === 0 && isOnGrid(volume, spacing, lefts, tops)) return volume;

  const { column: step } = geometry.spacingMm;
  const corners = lefts.flatMap((left) => [left, left + (volume.rows - 1) * down.across]);
  const columns = span(corners, (volume.columns - 1) * step, step + Math.abs(down.across), spacing);
  const rows = span(tops, (volume.rows - 1) * down.along, down.along, spacing);
  const ends = ((weights[0] as number) + (weights.at(-1) as number)) / 2;
  const slices = span(depths, 0, ends, spacing);
  const count = columns.size * rows.size * slices.size;
  if (count > maxVoxels) {
    throw tooLarge(
      `At ${String(spacing)} mm the volume has too many samples for the model.`,
      'maxVoxels',
      maxVoxels,
      'samples',
    );
  }
  const origin = [u, v, normal].reduce<Vector>(
    (sum, axis, index) => vectors.add(sum, vectors.times(axis, [columns, rows, slices][index]?.first as number)),
    [0, 0, 0],
  );
  const steps = [vectors.times(u, spacing), vectors.times(v, spacing), vectors.times(normal, spacing)] as const;
  return {
    ...volume,
    columns: columns.size,
    rows: rows.size,
    slices: slices.size,
    samples: interpolate(volume, { lefts, tops, depths, down }, { columns, rows, slices }, spacing),
    geometry: gridGeometry({ steps, origin }, slices.size),
  };
}

/** From one row to the next, in millimetres: along the direction that is square to the rows, and along the rows themselves. */
interface WayDown {
  readonly along: number;
  readonly across: number;
}

/**
 * Rows and columns of DICOM are square to each other; an affine of NIfTI may shear them. What headers leave by rounding counts as
 * square: all rows together move by less than a hundredth of a sample.
 */
function wayDown({ rows, geometry }: Volume, v: Vector, spacing: number): WayDown {
  const { rowDirection, columnDirection, spacingMm } = geometry;
  const across = vectors.dot(columnDirection, rowDirection) * spacingMm.row;
  return {
    along: vectors.dot(columnDirection, v) * spacingMm.row,
    across: Math.abs(across) * (rows - 1) <= 10 * SAME * spacing ? 0 : across,
  };
}

function isOnGrid({ geometry }: Volume, spacing: number, lefts: readonly number[], tops: readonly number[]): boolean {
  const near = (value: number): boolean => Math.abs(value - spacing) <= SAME * spacing;
  const isStill = (values: readonly number[]): boolean =>
    values.every((value) => Math.abs(value - (values[0] as number)) <= 10 * SAME * spacing);
  return (
    near(geometry.spacingMm.row) &&
    near(geometry.spacingMm.column) &&
    sliceDistancesMm(geometry).every(near) &&
    (lefts.length > 1 || near(geometry.sliceThicknessMm ?? 0)) &&
    isStill(lefts) &&
    isStill(tops)
  );
}

/** One axis of the new grid: coordinate of its first sample, and how many there are. */
interface Span {
  readonly first: number;
  readonly size: number;
}

function span(starts: readonly number[], reach: number, cell: number, spacing: number): Span {
  const low = starts.reduce((least, start) => Math.min(least, start)) - cell / 2;
  const high = starts.reduce((most, start) => Math.max(most, start)) + reach + cell / 2;
  const size = Math.max(1, Math.round((high - low) / spacing));
  return { first: (low + high - (size - 1) * spacing) / 2, size };
}

/** For each new index the lower of two old ones, and the share of the upper; -1 where the old grid does not reach. */
interface Taps {
  readonly lower: Int32Array;
  readonly share: Float64Array;
}

function taps({ first, size }: Span, spacing: number, start: number, step: number, count: number): Taps {
  const lower = new Int32Array(size);
  const share = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const at = (first + i * spacing - start) / step;
    const held = Math.min(Math.max(at, 0), count - 1);
    const low = Math.min(Math.floor(held), Math.max(0, count - 2));
    lower[i] = at < -0.5 - 1e-6 || at > count - 0.5 + 1e-6 ? -1 : low;
    share[i] = held - low;
  }
  return { lower, share };
}

interface Places {
  readonly lefts: readonly number[];
  readonly tops: readonly number[];
  readonly depths: readonly number[];
  readonly down: WayDown;
}

function interpolate(
  volume: Volume,
  { lefts, tops, depths, down }: Places,
  { columns, rows, slices }: { readonly columns: Span; readonly rows: Span; readonly slices: Span },
  spacing: number,
): Volume['samples'] {
  const { spacingMm } = volume.geometry;
  const outside = smallest(volume.samples);
  const area = columns.size * rows.size;
  const out = makeSamples(volume.sampleType, area * slices.size);
  const half = volume.sampleType === 'float32' ? 0 : 0.5;
  const blend = new Float64Array(area);
  for (let k = 0; k < slices.size; k++) {
    blend.fill(0);
    for (const [slice, weight] of between(depths, slices.first + k * spacing)) {
      const [left, top] = [lefts[slice] as number, tops[slice] as number];
      const columnsFrom = (start: number): Taps => taps(columns, spacing, start, spacingMm.column, volume.columns);
      const upright = columnsFrom(left);
      const y = taps(rows, spacing, top, down.along, volume.rows);
      // Where rows begin further on the further down they lie, each has columns of its own.
      const xOf = (row: number): Taps =>
        down.across === 0
          ? upright
          : columnsFrom(left + ((rows.first + row * spacing - top) / down.along) * down.across);
      addSlice(blend, volume, slice, weight, xOf, y, outside);
    }
    for (let i = 0; i < area; i++)
      out[k * area + i] = half === 0 ? (blend[i] as number) : Math.floor((blend[i] as number) + half);
  }
  return out;
}

function smallest(samples: Volume['samples']): number {
  let least = Infinity;
  for (const value of samples) if (value < least) least = value;
  return least;
}

/** The slices on both sides of a depth with their weights; depths grow or fall monotonically. */
function between(depths: readonly number[], depth: number): readonly (readonly [number, number])[] {
  const grows = (depths.at(-1) as number) >= (depths[0] as number);
  const upper = depths.findIndex((value) => (grows ? value >= depth : value <= depth));
  if (upper === 0) return [[0, 1]];
  if (upper < 0) return [[depths.length - 1, 1]];
  const [low, high] = [depths[upper - 1] as number, depths[upper] as number];
  const share = (depth - low) / (high - low);
  return [
    [upper - 1, 1 - share],
    [upper, share],
  ];
}

function addSlice(
  blend: Float64Array,
  volume: Volume,
  slice: number,
  weight: number,
  xOf: (row: number) => Taps,
  y: Taps,
  outside: number,
): void {
  const { samples, columns, rows } = volume;
  const [right, below] = [columns > 1 ? 1 : 0, rows > 1 ? columns : 0];
  for (let j = 0, at = 0; j < y.lower.length; j++) {
    const x = xOf(j);
    const row = y.lower[j] as number;
    const down = y.share[j] as number;
    const base = slice * columns * rows + row * columns;
    for (let i = 0; i < x.lower.length; i++, at++) {
      const column = x.lower[i] as number;
      let value = outside;
      if (row >= 0 && column >= 0) {
        const from = base + column;
        const across = x.share[i] as number;
        const above = (samples[from] as number) * (1 - across) + (samples[from + right] as number) * across;
        const under =
          (samples[from + below] as number) * (1 - across) + (samples[from + below + right] as number) * across;
        value = above * (1 - down) + under * down;
      }
      blend[at] = (blend[at] as number) + weight * value;
    }
  }
}
