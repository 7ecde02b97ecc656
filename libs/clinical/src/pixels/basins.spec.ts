import fc from 'fast-check';
import { findBasins } from './basins';

const line = (...values: number[]) => Float32Array.from(values);
const limits = { threshold: 0, saddleShare: 0.8 };

describe('findBasins', () => {
  it('parts two summits by a deep saddle', () => {
    const found = findBasins(line(0, 5, 10, 3, 8, 4, 0), 7, 1, limits);
    expect(found.map(({ at, peak }) => [at, peak])).toEqual([
      [2, 10],
      [4, 8],
    ]);
  });

  it('takes two summits with a shallow saddle for one thing, with the bounds of both', () => {
    expect(findBasins(line(0, 5, 10, 7, 8, 4, 0), 7, 1, limits)).toEqual([
      { at: 2, peak: 10, pixels: 5, left: 1, top: 0, right: 5, bottom: 0 },
    ]);
  });

  it('finds nothing in flat ground at the threshold, nor in a map without numbers', () => {
    expect(findBasins(new Float32Array(12), 4, 3, limits)).toEqual([]);
    expect(findBasins(new Float32Array(12).fill(NaN), 4, 3, limits)).toEqual([]);
  });

  it('finds one basin in a plateau', () => {
    expect(findBasins(new Float32Array(12).fill(2), 4, 3, limits)).toMatchObject([{ pixels: 12, right: 3, bottom: 2 }]);
  });

  it('gives every pixel above the threshold to exactly one basin, on any map', () => {
    const maps = fc.float32Array({ minLength: 60, maxLength: 60, min: -1, max: 4, noNaN: true });
    fc.assert(
      fc.property(maps, fc.double({ min: 0, max: 1, noNaN: true }), (map, saddleShare) => {
        const found = findBasins(map, 10, 6, { threshold: 0.5, saddleShare });
        const pixels = found.reduce((sum, basin) => sum + basin.pixels, 0);
        expect(pixels).toBe(map.filter((value) => value > 0.5).length);
        expect(found.every(({ at, peak }) => map[at] === peak)).toBe(true);
      }),
    );
  });

  it('never finds more basins when shallower saddles part no longer', () => {
    const maps = fc.float32Array({ minLength: 60, maxLength: 60, min: 0, max: 4, noNaN: true });
    fc.assert(
      fc.property(maps, (map) => {
        const counts = [1, 0.8, 0.5, 0].map(
          (saddleShare) => findBasins(map, 10, 6, { threshold: 0.5, saddleShare }).length,
        );
        expect(counts).toEqual([...counts].sort((a, b) => b - a));
      }),
    );
  });
});
