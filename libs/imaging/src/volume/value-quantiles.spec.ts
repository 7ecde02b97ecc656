import type { Samples } from '@medserve/clinical';
import fc from 'fast-check';
import { valueQuantiles } from './value-quantiles';

/** The definition: all finite samples in order, and the nearest rank. */
function bySorting(samples: Samples, share: number): number {
  const sorted = [...samples].filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return (sorted[Math.round(share * (sorted.length - 1))] ?? 0) + 0;
}

const shares = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
/** Of few values, so that there are ties and constants; or of any bits, NaN and infinities among them. */
const floats = fc.oneof(
  fc.array(fc.float(), { maxLength: 200 }),
  fc.array(fc.constantFrom(-1.5, -1, -0, 0, 1e-45, -1e-45, 1, 1.000_000_1, 3.4e38, -3.4e38, NaN, Infinity, -Infinity), {
    maxLength: 40,
  }),
  fc.float({ noNaN: true }).chain((value) => fc.array(fc.constant(value), { maxLength: 9 })),
);

describe('quantiles of the values of a volume', () => {
  it.each([
    ['float32', floats.map((values) => Float32Array.from(values))],
    ['uint8', fc.uint8Array({ maxLength: 200 })],
    ['int16', fc.int16Array({ maxLength: 200 })],
    ['uint16', fc.uint16Array({ maxLength: 200 })],
  ] as readonly [string, fc.Arbitrary<Samples>][])('are those that sorting finds, of %s', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, shares, (samples, [lower, upper]) => {
        expect(valueQuantiles(samples, lower, upper)).toEqual([bySorting(samples, lower), bySorting(samples, upper)]);
      }),
      { numRuns: 500 },
    );
  });

  it('are moved by no hot voxel, and by none that is not finite', () => {
    const samples = Float32Array.from({ length: 10_001 }, (_, index) => index / 10_000);
    const [least, most] = valueQuantiles(samples, 0.01, 0.99);
    expect([least, most]).toEqual([Math.fround(0.01), Math.fround(0.99)]);
    samples[10_000] = 1e7;
    expect(valueQuantiles(samples, 0.01, 0.99)).toEqual([least, most]);
    samples.set([NaN, Infinity, -Infinity]);
    expect(valueQuantiles(samples.subarray(1), 0, 1)).toEqual([Math.fround(0.0003), 1e7]);
  });

  it('are 0 where there is no finite sample', () => {
    expect(valueQuantiles(Float32Array.of(NaN, Infinity), 0.1, 0.9)).toEqual([0, 0]);
    expect(valueQuantiles(new Uint8Array(0), 0.1, 0.9)).toEqual([0, 0]);
  });
});
