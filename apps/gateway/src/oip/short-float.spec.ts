import fc from 'fast-check';
import { shortFloat } from './short-float';

describe('shortFloat', () => {
  it('gives back the same bits, whatever the float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        expect(Object.is(Math.fround(shortFloat(value)), value)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('prints a decimal of up to six digits as it was written', () => {
    const exponents = fc.integer({ min: -30, max: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), exponents, (digits, exponent) => {
        const written = Number(`${String(digits)}e${String(exponent)}`);
        expect(String(shortFloat(Math.fround(written)))).toBe(String(written));
      }),
      { numRuns: 2_000 },
    );
  });
});
