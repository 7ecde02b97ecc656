import { holds, paintMask, spansOf } from './masks';

/** Rows of text, `#` within. */
function maskOf(...lines: readonly string[]) {
  const pixels = Array.from(lines.join(''), (each) => each === '#');
  const counts: number[] = [];
  let [value, length] = [false, 0];
  for (const pixel of pixels) {
    if (pixel === value) length += 1;
    else {
      counts.push(length);
      [value, length] = [pixel, 1];
    }
  }
  return { width: lines[0]?.length ?? 0, height: lines.length, counts: [...counts, length] };
}

const RING = ['......', '.####.', '.#..#.', '.####.'];

describe('a run-length mask', () => {
  it('is decoded row by row, its smallest box with it', () => {
    const spans = spansOf(maskOf(...RING), 6, 4);
    expect(spans.bounds).toEqual({ x: 1, y: 1, width: 4, height: 3 });
    const decoded = RING.map((line, y) => Array.from(line, (_, x) => (holds(spans, x, y) ? '#' : '.')).join(''));
    expect(decoded).toEqual(RING);
  });

  it('may run over the ends of rows', () => {
    const spans = spansOf({ width: 4, height: 3, counts: [2, 8, 2] }, 4, 3);
    expect([holds(spans, 1, 0), holds(spans, 3, 0), holds(spans, 0, 1), holds(spans, 1, 2)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(holds(spans, 2, 2)).toBe(false);
  });

  it.each([
    ['runs past the last pixel', [2, 1e15]],
    ['a run of negative length', [2, 2, -5, 9]],
    ['a run that is no number', [2, 2, NaN, 9]],
  ])('draws nothing beyond %s', (_, counts) => {
    const spans = spansOf({ width: 4, height: 2, counts }, 4, 2);
    expect(spans.bounds.x + spans.bounds.width).toBeLessThanOrEqual(4);
    expect(spans.bounds.y + spans.bounds.height).toBeLessThanOrEqual(2);
    expect(holds(spans, 2, 0)).toBe(true);
  });

  it('has no place on an image of another size, and none where it is empty', () => {
    expect(spansOf({ width: 1e9, height: 1e9, counts: [0, 1e18] }, 4, 2).columns).toHaveLength(0);
    expect(spansOf({ width: 4, height: 2, counts: [8] }, 4, 2).bounds.width).toBe(0);
    expect(holds(spansOf({ width: 4, height: 2, counts: [] }, 4, 2), 0, 0)).toBe(false);
  });

  it('is painted where it lies, its rim stronger than what it holds', () => {
    const spans = spansOf(maskOf('.....', '.###.', '.###.', '.###.', '.....'), 5, 5);
    const pixels = new Uint32Array(25);
    paintMask(spans, { level: 0, x: 0, y: 0, width: 5, height: 5 }, 0x0000ff, false, pixels);
    const alpha = (x: number, y: number): number => (pixels[y * 5 + x] ?? 0) >>> 24;
    expect(alpha(0, 0)).toBe(0);
    expect(alpha(4, 2)).toBe(0);
    expect(alpha(1, 1)).toBeGreaterThan(alpha(2, 2));
    expect(alpha(2, 2)).toBeGreaterThan(0);
    expect((pixels[12] ?? 0) & 0xffffff).toBe(0x0000ff);
  });

  it('is painted on the tile and at the size that is asked for', () => {
    const spans = spansOf({ width: 8, height: 8, counts: [0, 64] }, 8, 8);
    const pixels = new Uint32Array(4);
    paintMask(spans, { level: 1, x: 4, y: 4, width: 2, height: 2 }, 0xffffff, true, pixels);
    expect([...pixels].every((pixel) => pixel !== 0)).toBe(true);
  });
});
