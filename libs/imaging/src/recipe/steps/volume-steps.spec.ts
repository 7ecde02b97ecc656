import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { axisCode, sampleVolumesMl, type Picture, type Vector, type Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { decodeNifti } from '../../nifti/decode-nifti';
import { compileRecipe } from '../recipe';
import { STEPS } from '../registry';

const SHARED = join(__dirname, '..', '..', '..', '..', '..', '..', 'shared', 'data');
const onSharedData = existsSync(SHARED) ? it : it.skip;
const because = existsSync(SHARED) ? '' : ' (skipped: the shared test data is not beside the project)';

const AS_SENT = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

function apply(id: string, image: Volume | Picture, parameters: Record<string, unknown> = {}): Volume {
  const step = STEPS.get(id);
  if (step === undefined) throw new Error(`no step ${id}`);
  const { image: result } = step.apply({ image, placement: AS_SENT }, step.parameters.parse(parameters));
  if (result.kind !== 'volume') throw new Error('a picture came out');
  return result;
}

interface Made extends Partial<Omit<Volume, 'geometry'>> {
  readonly spacing?: number;
  readonly positions?: readonly Vector[];
  readonly columnDirection?: Vector;
}

function volume({ spacing = 1, positions, columnDirection = [0, 1, 0], ...made }: Made): Volume {
  const { slices = 1, rows = 1, columns = 1 } = made;
  return {
    kind: 'volume',
    slices,
    rows,
    columns,
    sampleType: 'int16',
    samples: new Int16Array(slices * rows * columns),
    geometry: {
      spacingMm: { row: spacing, column: spacing },
      rowDirection: [1, 0, 0],
      columnDirection,
      slicePositionsMm: positions ?? Array.from({ length: slices }, (_, k): Vector => [0, 0, k * spacing]),
      sliceThicknessMm: spacing,
    },
    ...made,
  };
}

/** A value for each place in the patient, linear, so that trilinear interpolation has to return it exactly. */
const linear = ([x, y, z]: Vector): number => 3 * x - 2 * y + 5 * z + 100;

function painted(made: Made, value: (at: Vector) => number): Volume {
  const blank = volume(made);
  const samples = new Float32Array(blank.slices * blank.rows * blank.columns);
  forEachSample(blank, (at, index) => (samples[index] = value(at)));
  return { ...blank, sampleType: 'float32', samples };
}

function forEachSample({ slices, rows, columns, geometry }: Volume, visit: (at: Vector, index: number) => void): void {
  const { slicePositionsMm, rowDirection: u, columnDirection: v, spacingMm } = geometry;
  for (let k = 0, index = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, index++) {
        const [x, y] = [i * spacingMm.column, j * spacingMm.row];
        const at = [0, 1, 2].map(
          (a) => (slicePositionsMm[k]?.[a] as number) + x * (u[a] as number) + y * (v[a] as number),
        );
        visit(at as unknown as Vector, index);
      }
    }
  }
}

const millilitres = ({ geometry, slices, rows, columns }: Volume): number =>
  (sampleVolumesMl(geometry) as number[]).reduce((sum, ml) => sum + ml * rows * columns, 0) + 0 * slices;

describe('reorient', () => {
  const letters = ['LR', 'PA', 'SI'];
  const codes = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ].flatMap((order) =>
    Array.from({ length: 8 }, (_, bits) => order.map((axis) => letters[axis]?.[(bits >> axis) & 1]).join('')),
  );

  it('leaves every value at its place in the patient, whichever of the 48 orientations is asked for', () => {
    const source = painted({ slices: 3, rows: 4, columns: 5, spacing: 2 }, linear);
    for (const to of codes) {
      const turned = apply('reorient', source, { to });
      expect(axisCode(turned.geometry)).toBe(to);
      forEachSample(turned, (at, index) => {
        expect(turned.samples[index]).toBeCloseTo(linear(at), 4);
      });
    }
  });

  it('comes back to the same samples', () => {
    const source = painted({ slices: 3, rows: 4, columns: 5 }, linear);
    fc.assert(
      fc.property(fc.constantFrom(...codes), (to) => {
        expect(apply('reorient', apply('reorient', source, { to }), { to: 'LPS' }).samples).toEqual(source.samples);
      }),
    );
  });

  it('does not pretend that unevenly spaced slices are a lattice', () => {
    const uneven = volume({
      slices: 3,
      rows: 2,
      columns: 2,
      positions: [
        [0, 0, 0],
        [0, 0, 1],
        [0, 0, 5],
      ],
    });
    expect(() => apply('reorient', uneven, { to: 'SLA' })).toThrow('resample');
  });

  it.each(['RAX', 'RRS', 'RA', 'RLS'])('does not take %s as an orientation', (to) => {
    expect(() =>
      compileRecipe([
        { step: 'reorient', to },
        { step: 'layout-volume', order: 'dhw', as: 'int16' },
      ]),
    ).toThrow(ServingError);
  });
});

describe('resample', () => {
  it('passes a volume that is on the grid already', () => {
    const source = volume({ slices: 3, rows: 4, columns: 5 });
    expect(apply('resample', source, { spacingMm: 1 })).toBe(source);
  });

  it('returns linear values exactly inside an uneven, sheared stack', () => {
    const tilt = 0.3;
    const source = painted(
      {
        slices: 6,
        rows: 24,
        columns: 20,
        columnDirection: [0, Math.cos(tilt), -Math.sin(tilt)],
        positions: [0, 1.5, 4, 9, 10, 14].map((z): Vector => [-10, -12, z]),
        spacing: 1.3,
      },
      linear,
    );
    const result = apply('resample', source, { spacingMm: 1 });
    let compared = 0;
    const normal: Vector = [0, Math.sin(tilt), Math.cos(tilt)];
    forEachSample(result, (at, index) => {
      const depth = at[1] * normal[1] + at[2] * normal[2];
      const first = -12 * normal[1];
      const isBetween = depth > first && depth < first + 14 * normal[2];
      const y = at[1] * normal[2] - at[2] * normal[1];
      const isCovered = at[0] > -10 && at[0] < 14.6 && y > -11.4 && y < -12 * normal[2] - 14 * normal[1] + 29.8;
      if (!isBetween || !isCovered) return;
      compared++;
      expect(result.samples[index]).toBeCloseTo(linear(at), 3);
    });
    expect(compared).toBeGreaterThan(2000);
    expect(result.geometry.spacingMm.row).toBeCloseTo(1, 9);
    expect(result.geometry.spacingMm.column).toBeCloseTo(1, 9);
  });

  it.each([0.6, -0.6])('undoes columns that are not square to the rows, by a cosine of %d', (cosine) => {
    const columnDirection: Vector = [cosine, 0.8, 0];
    const made: Made = { slices: 4, rows: 30, columns: 20, spacing: 2, columnDirection };
    const reach = 20 * 2 + 30 * 2 * 0.6;
    const source = painted(made, linear);
    const result = apply('resample', source, { spacingMm: 1 });
    expect([result.columns, result.rows, result.slices]).toEqual([reach, 30 * 2 * 0.8, 8]);
    expect(result.geometry.columnDirection[1]).toBeCloseTo(1, 9);
    let [compared, worst] = [0, 0];
    forEachSample(result, (at, index) => {
      const row = at[1] / (2 * 0.8);
      const column = (at[0] - row * 2 * cosine) / 2;
      if (column < 0 || column > 19 || row < 0 || row > 29 || at[2] < 0 || at[2] > 6) return;
      compared++;
      worst = Math.max(worst, Math.abs((result.samples[index] as number) - linear(at)));
    });
    expect(compared).toBeGreaterThan(10_000);
    expect(worst).toBeLessThan(1e-3);

    // A constant but for the one sample that what lies outside is filled by.
    const samples = new Int16Array(4 * 30 * 20).fill(7);
    samples[0] = 0;
    const full = apply('resample', volume({ ...made, samples }), { spacingMm: 1 }).samples;
    const inside = [...full].filter((value) => value === 7).length / 1000;
    expect(inside / millilitres(volume({ ...made, samples }))).toBeCloseTo(1, 2);
  });

  it('takes what rounding leaves of a right angle for one', () => {
    const source = volume({ slices: 3, rows: 4, columns: 5, columnDirection: [1e-5, 1, 0] });
    expect(apply('resample', source, { spacingMm: 1 })).toBe(source);
  });

  it('keeps the volume in millilitres to within a layer of cells, and a constant constant', () => {
    const source = volume({ slices: 9, rows: 40, columns: 50, spacing: 2.2, samples: new Int16Array(18_000).fill(7) });
    const result = apply('resample', source, { spacingMm: 1 });
    expect(millilitres(result) / millilitres(source)).toBeCloseTo(1, 1);
    expect(new Set(result.samples)).toEqual(new Set([7]));
  });

  it('refuses to make more samples than the model takes', () => {
    const source = volume({ slices: 9, rows: 9, columns: 9, spacing: 10 });
    expect(() => apply('resample', source, { spacingMm: 1, maxVoxels: 1000 })).toThrow(ServingError);
  });
});

describe('scale', () => {
  const source = volume({ columns: 5, samples: Int16Array.of(-10, 0, 10, 20, 90) });

  it('brings the smallest value to 0 and the largest to 1', () => {
    expect([...apply('scale', source, { using: 'min-max' }).samples]).toEqual([0, 0.1, 0.2, 0.3, 1].map(Math.fround));
  });

  it('clamps what lies beyond the quantiles', () => {
    const { samples } = apply('scale', source, { using: 'quantiles', lower: 0.25, upper: 0.75, as: 'uint8' });
    expect([...samples]).toEqual([0, 0, 128, 255, 255]);
  });

  it('looks at values, not at what is stored: a falling rescale turns the order', () => {
    const negative = { ...source, rescale: { slope: -1, intercept: 0 } };
    expect(apply('scale', negative, { using: 'min-max' }).samples[4]).toBe(0);
    expect(apply('scale', negative, { using: 'min-max' }).rescale).toBeUndefined();
  });

  it('makes a constant volume 0', () => {
    expect([
      ...apply('scale', volume({ columns: 2, samples: Int16Array.of(9, 9) }), { using: 'min-max' }).samples,
    ]).toEqual([0, 0]);
  });
});

describe('crop', () => {
  const samples = new Int16Array(10 * 10 * 10);
  for (let k = 4; k < 7; k++) for (let j = 3; j < 6; j++) for (let i = 5; i < 8; i++) samples[k * 100 + j * 10 + i] = 9;
  const source = volume({ slices: 10, rows: 10, columns: 10, samples });

  it('cuts to what is bright, with a margin, and moves the geometry along', () => {
    const result = apply('crop', source, { above: 5, marginVoxels: 1 });
    expect([result.slices, result.rows, result.columns]).toEqual([5, 5, 5]);
    expect(result.geometry.slicePositionsMm[0]).toEqual([4, 2, 3]);
    expect(result.samples[31]).toBe(9);
    expect([...result.samples].filter((value) => value === 9)).toHaveLength(27);
  });

  it('stops the margin at the edge, and passes a volume without anything bright', () => {
    expect(apply('crop', source, { above: 5, marginVoxels: 200 })).toBe(source);
    expect(apply('crop', source, { above: 50, marginVoxels: 1 })).toBe(source);
  });
});

describe('hounsfield', () => {
  it('applies the rescale, rounds and clamps', () => {
    const samples = Float32Array.of(0, 1000.4, 1040, 1e6);
    const rescale = { slope: 1, intercept: -1000 };
    const { samples: hu, sampleType } = apply(
      'hounsfield',
      volume({
        columns: 400,
        sampleType: 'float32',
        samples: Float32Array.from({ length: 400 }, (_, i) => samples[i === 3 ? 3 : i % 3] as number),
        rescale,
      }),
    );
    expect(sampleType).toBe('int16');
    expect([...hu.subarray(0, 4)]).toEqual([-1000, 0, 40, 32767]);
  });

  it('refuses values that cannot be Hounsfield units', () => {
    const magnitudes = volume({ columns: 100, samples: Int16Array.from({ length: 100 }, (_, i) => i * 9) });
    expect(() => apply('hounsfield', magnitudes)).toThrow('cannot be Hounsfield units');
  });
});

describe('body', () => {
  /** A tube of tissue with a hole of air, a table below it, a speck beside it; all in air. */
  const size = 40;
  const samples = new Int16Array(2 * size * size).fill(-1000);
  const put = (k: number, j: number, i: number, hu: number): void =>
    void (samples[k * size * size + j * size + i] = hu);
  for (let k = 0; k < 2; k++) {
    for (let j = 0; j < size; j++) {
      for (let i = 0; i < size; i++) {
        const r = Math.hypot(j - 18, i - 20);
        if (r < 14 && r >= 5) put(k, j, i, 40);
        if (j > 34 && j < 38) put(k, j, i, 100);
      }
    }
    put(k, 2, 2, 500);
  }
  const source = volume({ slices: 2, rows: size, columns: size, samples });
  const kept = apply('body', source);

  it('keeps the body and the air that it encloses, and nothing else', () => {
    let expected = 0;
    for (let index = 0; index < samples.length; index++) {
      const [j, i] = [Math.floor(index / size) % size, index % size];
      const isInside = Math.hypot(j - 18, i - 20) < 14;
      if (isInside) expected++;
      expect(kept.samples[index]).toBe(isInside ? samples[index] : -32768);
    }
    expect(expected).toBeGreaterThan(1000);
  });

  it('does not change what it was given', () => {
    expect(samples[0]).toBe(-1000);
  });

  it('counts air as outside that a slice shows open to the edge', () => {
    const open = samples.slice();
    for (let j = 0; j <= 18; j++) open[j * size + 20] = -1000;
    const result = apply('body', { ...source, samples: open });
    expect(result.samples[18 * size + 20]).toBe(-32768);
    expect(result.samples[size * size + 18 * size + 20]).toBe(-1000);
  });

  it('leaves out a thin wall, even where the body touches it', () => {
    const held = samples.slice();
    for (let j = 0; j < 34; j++) held[j * size + 35] = 200;
    for (let i = 30; i < 35; i++) held[18 * size + i] = 40;
    const result = apply('body', { ...source, samples: held });
    expect([result.samples[17 * size + 35], result.samples[19 * size + 35]]).toEqual([-32768, -32768]);
    expect(result.samples[18 * size + 30]).toBe(40);
  });

  it('finds no body in air', () => {
    const air = volume({ rows: 4, columns: 4, samples: new Int16Array(16).fill(-1000) });
    expect(new Set(apply('body', air).samples)).toEqual(new Set([-32768]));
  });
});

describe('layout-volume', () => {
  it('lays slices, rows and columns in this order', () => {
    const recipe = compileRecipe([{ step: 'layout-volume', order: 'ncdhw', as: 'float32' }]);
    const { tensor } = recipe.apply(volume({ slices: 2, rows: 3, columns: 4 }), 'volume');
    expect(tensor).toMatchObject({ name: 'volume', datatype: 'FP32', shape: [1, 1, 2, 3, 4] });
  });

  it('takes volumes only', () => {
    const picture: Picture = {
      kind: 'picture',
      width: 1,
      height: 1,
      channels: 1,
      sampleType: 'uint8',
      samples: new Uint8Array(1),
    };
    const recipe = compileRecipe([{ step: 'layout-volume', order: 'dhw', as: 'int16' }]);
    expect(() => recipe.apply(picture, 'volume')).toThrow('takes a volume');
  });
});

describe(`one brain in eight orientations${because}`, () => {
  onSharedData('becomes the same volume, sample by sample', () => {
    const limits = { maxDecodedBytes: 2 ** 24, maxVoxels: 2 ** 22 };
    const read = (name: string): Volume =>
      apply(
        'reorient',
        decodeNifti(readFileSync(join(SHARED, 'nifti-orientations', `${name}.nii.gz`)), limits).volume,
        { to: 'LIA' },
      );
    const expected = read('RAS');
    for (const name of ['AIL', 'ASR', 'IRP', 'LAS', 'LPS', 'PIR', 'SLA']) {
      const { samples, geometry, ...rest } = read(name);
      expect({ ...rest, samples: undefined, geometry: undefined }).toEqual({
        ...expected,
        samples: undefined,
        geometry: undefined,
      });
      expect(Buffer.compare(Buffer.from(samples as Uint8Array), Buffer.from(expected.samples as Uint8Array))).toBe(0);
      geometry.slicePositionsMm.forEach((position, slice) => {
        for (const [axis, mm] of position.entries()) {
          expect(mm).toBeCloseTo(expected.geometry.slicePositionsMm[slice]?.[axis] as number, 3);
        }
      });
    }
  });
});
