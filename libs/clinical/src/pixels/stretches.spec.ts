import fc from 'fast-check';
import { connectedComponents } from './connected-components';
import { decodeMask, encodeMask } from './run-length';
import { countsOf, pixelsOf, stretchesOf, withoutIslands } from './stretches';

const ONE = Uint8Array.from({ length: 256 }, (_, label) => (label === 1 ? 1 : 0));

const mask = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      pixels: fc.uint8Array({ min: 0, max: 2, minLength: width * height, maxLength: width * height }),
    }),
  );

describe('stretches of a mask', () => {
  it('have the run lengths that the mask has, row after row', () => {
    fc.assert(
      fc.property(mask, ({ width, height, pixels }) => {
        const ones = pixels.map((value) => (value === 1 ? 1 : 0));
        const stretches = stretchesOf(pixels, width, ONE);
        expect(countsOf(stretches, pixels.length)).toEqual(encodeMask(ones, width, height).counts);
        expect(pixelsOf(stretches)).toBe(ones.reduce((sum, value) => sum + value, 0));
      }),
    );
  });

  it('lose the pieces, 8-connected, that are smaller than asked for, and nothing else', () => {
    fc.assert(
      fc.property(mask, fc.integer({ min: 0, max: 9 }), ({ width, height, pixels }, least) => {
        const ones = pixels.map((value) => (value === 1 ? 1 : 0));
        const { labels, areas } = connectedComponents(ones, width, height);
        const expected = ones.map((value, at) =>
          value === 1 && (areas[labels[at] as number] as number) >= least ? 1 : 0,
        );
        const kept = withoutIslands(stretchesOf(pixels, width, ONE), width, least);
        expect(decodeMask({ width, height, counts: countsOf(kept, pixels.length) })).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
