import fc from 'fast-check';
import type { Vector, VolumeGeometry } from '../pixels/picture';
import { axisCode } from './axis-code';
import {
  orderAlongNormal,
  sampleVolumesMl,
  sliceDistancesMm,
  sliceNormal,
  sliceWeightsMm,
  tiltDegrees,
} from './slice-stack';

const TILT = (18.5 * Math.PI) / 180;

/** Slices of a tilted gantry: the plane leans, the table moves straight up. */
const tilted = (tableMm: readonly number[]): VolumeGeometry => ({
  spacingMm: { row: 0.5, column: 0.5 },
  rowDirection: [1, 0, 0],
  columnDirection: [0, Math.cos(TILT), -Math.sin(TILT)],
  slicePositionsMm: tableMm.map((z): Vector => [-100, -100, z]),
});

const upright = (depths: readonly number[], sliceThicknessMm?: number): VolumeGeometry => ({
  spacingMm: { row: 1, column: 1 },
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  slicePositionsMm: depths.map((z): Vector => [0, 0, z]),
  ...(sliceThicknessMm !== undefined && { sliceThicknessMm }),
});

describe('a stack of slices', () => {
  it('measures distances along the normal, not along the table', () => {
    const [first, second] = sliceDistancesMm(tilted([0, 1.14, 8.52])) as [number, number];
    expect(first).toBeCloseTo(1.14 * Math.cos(TILT), 9);
    expect(second).toBeCloseTo(7.38 * Math.cos(TILT), 9);
  });

  it('tells the gantry tilt from the positions', () => {
    expect(tiltDegrees(tilted([0, 4, 11]))).toBeCloseTo(18.5, 9);
    expect(tiltDegrees(upright([0, 4, 11]))).toBe(0);
    expect(tiltDegrees(upright([3]))).toBe(0);
  });

  it('lets each slice stand for what is nearest to it, and the ends reach out as far as in', () => {
    expect(sliceWeightsMm(upright([0, 2, 6, 7]))).toEqual([2, 3, 2.5, 1]);
  });

  it('takes the nominal thickness for a single slice, and knows no volume without one', () => {
    expect(sliceWeightsMm(upright([5], 7))).toEqual([7]);
    expect(sliceWeightsMm(upright([5]))).toBeUndefined();
    expect(sampleVolumesMl(upright([5]))).toBeUndefined();
  });

  it('orders slices along the normal, whichever way the normal points', () => {
    expect(orderAlongNormal(upright([7, 0, 3]))).toEqual([1, 2, 0]);
    expect(orderAlongNormal({ ...upright([7, 0, 3]), columnDirection: [0, -1, 0] })).toEqual([0, 2, 1]);
  });

  it('adds the weights up to the length of the stack with its two outer half cells', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 1, maxLength: 30 }), (steps) => {
        const depths = steps.reduce<number[]>((all, step) => [...all, (all.at(-1) as number) + step], [0]);
        const total = (sliceWeightsMm(upright(depths)) as number[]).reduce((sum, weight) => sum + weight, 0);
        const expected = (depths.at(-1) as number) + ((steps[0] as number) + (steps.at(-1) as number)) / 2;
        expect(total).toBeCloseTo(expected, 6);
      }),
    );
  });

  it('has a normal at right angles to both directions', () => {
    expect(sliceNormal([1, 0, 0], [0, 1, 0])).toEqual([0, 0, 1]);
    expect(() => sliceNormal([1, 0, 0], [1, 0, 0])).toThrow(RangeError);
  });
});

describe('volumes from an unevenly spaced, sheared stack', () => {
  /** Counts, sample by sample in patient coordinates, what lies inside; knows nothing of the rules above but the result. */
  const measureMl = (geometry: VolumeGeometry, size: number, inside: (at: Vector) => boolean): number => {
    const each = sampleVolumesMl(geometry) as readonly number[];
    const { rowDirection: u, columnDirection: v, spacingMm, slicePositionsMm } = geometry;
    let total = 0;
    slicePositionsMm.forEach((origin, slice) => {
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const x = column * spacingMm.column;
          const y = row * spacingMm.row;
          const at = [0, 1, 2].map(
            (axis) => (origin[axis] as number) + x * (u[axis] as number) + y * (v[axis] as number),
          );
          if (inside(at as unknown as Vector)) total += each[slice] as number;
        }
      }
    });
    return total;
  };
  const table = Array.from({ length: 90 }, (_, index) => -70 + index * 1.6 + (index % 3) * 0.5);

  it('gives a ball its analytic volume', () => {
    const geometry = { ...tilted(table), spacingMm: { row: 1, column: 1 } };
    const ball = measureMl(geometry, 200, ([x, y, z]) => x * x + y * y + z * z <= 40 * 40);
    expect(ball).toBeGreaterThan(0.995 * ((4 / 3) * Math.PI * 64));
    expect(ball).toBeLessThan(1.005 * ((4 / 3) * Math.PI * 64));
  });

  it('gives a box its volume, which distances along the table would miss by 5 %', () => {
    const geometry = { ...tilted(table), spacingMm: { row: 1, column: 1 } };
    const box = measureMl(geometry, 200, ([x, y, z]) => x >= -30 && x < 30 && Math.abs(y) < 25 && Math.abs(z) < 20);
    expect(box).toBeGreaterThan(0.985 * 60 * 50 * 0.04);
    expect(box).toBeLessThan(1.015 * 60 * 50 * 0.04);
  });
});

describe('the axis code', () => {
  const coded = (rowDirection: Vector, columnDirection: Vector, from: Vector, to: Vector): string =>
    axisCode({ spacingMm: { row: 1, column: 1 }, rowDirection, columnDirection, slicePositionsMm: [from, to] });

  it('names where column, row and slice index grow to', () => {
    expect(coded([1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 5])).toBe('LPS');
    expect(coded([-1, 0, 0], [0, -1, 0], [0, 0, 0], [0, 0, 5])).toBe('RAS');
    expect(coded([1, 0, 0], [0, 0, -1], [0, 5, 0], [0, 0, 0])).toBe('LIA');
  });

  it('names each axis once, however oblique the slices', () => {
    const s = Math.SQRT1_2;
    expect(
      new Set(
        coded([1, 0, 0], [0, s, -s], [0, 0, 0], [0, s, s]).replace(/[RAI]/g, (c) => 'LPS'['RAI'.indexOf(c)] as string),
      ).size,
    ).toBe(3);
  });

  it('gives a tilted gantry the code of the upright one', () => {
    expect(axisCode(tilted([0, 4, 8]))).toBe('LPS');
  });
});
