import { sampleVolumesMl, vectors, type Picture, type Vector } from '@medserve/clinical';
import fc from 'fast-check';
import { assembleVolume } from './assemble-volume';
import type { SliceInput } from './slice-input';

const [ROWS, COLUMNS] = [2, 3];

/** A series as a scanner could have made it: any plane, any tilt of the table against it, any distances. */
const series = fc.record({
  turn: fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: -1, max: 1, noNaN: true }))),
  origin: fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: -400, max: 400, noNaN: true }))),
  shift: fc.tuple(fc.double({ min: -0.4, max: 0.4, noNaN: true }), fc.double({ min: -0.4, max: 0.4, noNaN: true })),
  spacing: fc.record({
    row: fc.double({ min: 0.2, max: 2, noNaN: true }),
    column: fc.double({ min: 0.2, max: 2, noNaN: true }),
  }),
  steps: fc.array(fc.double({ min: 1, max: 3, noNaN: true }), { minLength: 1, maxLength: 8 }),
  order: fc.array(fc.nat(1_000), { minLength: 9, maxLength: 9 }),
  twice: fc.nat(8),
});
type Series = typeof series extends fc.Arbitrary<infer Made> ? Made : never;

/** Row direction, column direction and normal, from a quaternion. */
function axesOf([a = 1, b = 0, c = 0, d = 0]: readonly number[]): readonly [Vector, Vector, Vector] {
  const [w, x, y, z] = [a, b, c, d].map((part) => part / Math.hypot(a, b, c, d)) as [number, number, number, number];
  const u: Vector = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)];
  const v: Vector = [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)];
  return [u, v, vectors.cross(u, v)];
}

function slicesOf({ turn, origin, shift, spacing, steps }: Series): SliceInput[] {
  const [u, v, normal] = axesOf(turn);
  const depths = steps.reduce<number[]>((all, step) => [...all, (all.at(-1) ?? 0) + step], [0]);
  return depths.map((depth, number): SliceInput => {
    const along = vectors.add(vectors.times(normal, depth), vectors.times(u, shift[0] * depth));
    const picture: Picture = {
      kind: 'picture',
      width: COLUMNS,
      height: ROWS,
      channels: 1,
      sampleType: 'int16',
      samples: Int16Array.from({ length: ROWS * COLUMNS }, (_, at) => 100 * number + at),
    };
    return {
      size: { rows: ROWS, columns: COLUMNS },
      channels: 1,
      decodedBytes: picture.samples.byteLength,
      geometry: {
        imagePositionPatient: vectors.add(
          vectors.add(origin as unknown as Vector, along),
          vectors.times(v, shift[1] * depth),
        ),
        imageOrientationPatient: [...u, ...v] as SliceInput['geometry']['imageOrientationPatient'],
        pixelSpacing: spacing,
      },
      source: { input: number },
      seriesKey: 'one',
      isLocalizer: false,
      decode: () => Promise.resolve(picture),
    };
  });
}

/** Where PS3.3 C.7.6.2.1.1 puts the sample at a row and column. */
function placeOf({ geometry }: SliceInput, row: number, column: number): Vector {
  const [a, b, c, d, e, f] = geometry.imageOrientationPatient;
  const { imagePositionPatient: at, pixelSpacing } = geometry;
  const across = vectors.times([a, b, c], column * pixelSpacing.column);
  return vectors.add(at, vectors.add(across, vectors.times([d, e, f], row * pixelSpacing.row)));
}

it('has every sample where the header of its slice puts it, and as many millilitres as the slices span', async () => {
  await fc.assert(
    fc.asyncProperty(series, async (made) => {
      fc.pre(Math.hypot(...made.turn) > 0.1);
      const slices = slicesOf(made);
      const again = { ...(slices[made.twice % slices.length] as SliceInput) };
      const sent = [...slices, again]
        .map((slice, at) => ({ slice, key: made.order[at] ?? at }))
        .sort((one, other) => one.key - other.key)
        .map(({ slice }) => slice);
      const { volume, sources } = await assembleVolume(sent);
      const { geometry, samples } = volume;
      expect(volume.slices).toBe(slices.length);
      samples.forEach((value, at) => {
        const [slice, row, column] = [Math.floor(at / (ROWS * COLUMNS)), Math.floor(at / COLUMNS) % ROWS, at % COLUMNS];
        const source = slices[Math.floor(value / 100)] as SliceInput;
        expect([sources[slice]?.input, value % 100]).toEqual([source.source.input, row * COLUMNS + column]);
        const across = vectors.times(geometry.rowDirection, column * geometry.spacingMm.column);
        const down = vectors.times(geometry.columnDirection, row * geometry.spacingMm.row);
        const place = vectors.add(geometry.slicePositionsMm[slice] as Vector, vectors.add(across, down));
        expect(vectors.length(vectors.subtract(place, placeOf(source, row, column)))).toBeLessThan(1e-9);
      });
      const millilitres = (sampleVolumesMl(geometry) as number[]).reduce((sum, each) => sum + each * ROWS * COLUMNS, 0);
      const { steps, spacing } = made;
      const span = steps.reduce((sum, step) => sum + step, 0) + ((steps[0] as number) + (steps.at(-1) as number)) / 2;
      expect(millilitres).toBeCloseTo((span * spacing.row * spacing.column * ROWS * COLUMNS) / 1000, 9);
    }),
    { numRuns: 200 },
  );
});
