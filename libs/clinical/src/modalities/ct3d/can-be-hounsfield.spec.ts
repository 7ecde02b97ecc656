import { canBeHounsfield } from './can-be-hounsfield';

const filled = (value: (index: number) => number): Float32Array =>
  Float32Array.from({ length: 20_000 }, (_, index) => value(index));
/** Deterministic spread of values between 0 and 1. */
const spread = (index: number): number => (index * 0.618033988749895) % 1;

describe('whether values can be Hounsfield units', () => {
  it('is so of a body in air', () => {
    expect(canBeHounsfield({ samples: filled((i) => (i % 3 === 0 ? -1000 : 40)) })).toBe(true);
  });

  it('is so when the rescale makes them so', () => {
    const samples = Uint16Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 24 : 1064));
    expect(canBeHounsfield({ samples, rescale: { slope: 1, intercept: -1024 } })).toBe(true);
    expect(canBeHounsfield({ samples })).toBe(false);
  });

  it('is so with padding outside the reconstructed circle', () => {
    expect(canBeHounsfield({ samples: filled((i) => [-3024, -1000, 40, 900][i % 4] as number) })).toBe(true);
  });

  it.each([
    ['magnitudes, as of MR', (i: number) => spread(i) * 1800],
    ['labels', (i: number) => i % 4],
    ['display values', (i: number) => i % 256],
    ['standardised values', (i: number) => spread(i) * 6 - 3],
    ['signed values far beyond air on the low side', (i: number) => (spread(i) - 0.5) * 8000],
    ['mostly values denser than metal', (i: number) => (i % 10 === 0 ? -1000 : 20_000)],
    ['values that are no numbers', () => NaN],
  ])('is not so of %s', (_, value) => {
    expect(canBeHounsfield({ samples: filled(value) })).toBe(false);
  });

  it('is not so of 8 bits, whatever rescale they have', () => {
    const samples = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    expect(canBeHounsfield({ samples, rescale: { slope: 8, intercept: -1024 } })).toBe(false);
  });

  it('is not so of nothing', () => {
    expect(canBeHounsfield({ samples: new Int16Array(0) })).toBe(false);
  });
});
