import { findDisc } from './disc';

const parameters = { radii: [2, 4], stride: 4, leastScore: 0.5 };

function scores(
  rows: number,
  columns: number,
  peaks: readonly { k: number; x: number; y: number; height: number }[],
): Float32Array {
  const data = new Float32Array(2 * rows * columns);
  for (const { k, x, y, height } of peaks) {
    for (let at = 0; at < rows * columns; at += 1) {
      const distance2 = ((at % columns) - x) ** 2 + (Math.floor(at / columns) - y) ** 2;
      const value = height * Math.exp(-distance2 / 8);
      data[k * rows * columns + at] = Math.max(data[k * rows * columns + at] ?? 0, value);
    }
  }
  return data;
}

describe('findDisc', () => {
  it('gives the summit between pixels, in model coordinates, with the radius of its channel', () => {
    const disc = findDisc(scores(20, 30, [{ k: 1, x: 11.3, y: 6.8, height: 2 }]), 20, 30, parameters);
    expect(disc?.x).toBeCloseTo((11.3 + 0.5) * 4, 0);
    expect(disc?.y).toBeCloseTo((6.8 + 0.5) * 4, 0);
    expect(disc?.radius).toBeCloseTo(16, 0);
    expect(disc?.rival).toBeLessThan(0.05);
  });

  it('tells of a second place that looks almost as much like a disc', () => {
    const peaks = [
      { k: 0, x: 4, y: 4, height: 1 },
      { k: 0, x: 24, y: 14, height: 0.95 },
    ];
    expect(findDisc(scores(20, 30, peaks), 20, 30, parameters)?.rival).toBeCloseTo(0.95);
  });

  it('finds none where the best place is weak, or has no number', () => {
    expect(findDisc(scores(20, 30, [{ k: 0, x: 4, y: 4, height: 0.4 }]), 20, 30, parameters)).toBeUndefined();
    expect(findDisc(new Float32Array(2).fill(NaN), 1, 1, parameters)).toBeUndefined();
  });
});
