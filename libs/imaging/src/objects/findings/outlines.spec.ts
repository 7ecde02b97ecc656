import { outlinesOf, samplesOf, type Outline } from './outlines';

/** From a picture of dots and crosses. */
function maskOf(...lines: readonly string[]) {
  const text = lines.join('');
  const counts: number[] = [];
  let last = '.';
  let count = 0;
  for (const character of text) {
    if (character !== last) {
      counts.push(count);
      [last, count] = [character, 0];
    }
    count += 1;
  }
  return { width: lines[0]?.length ?? 0, height: lines.length, counts: [...counts, count] };
}

const areaOf = (outline: Outline): number =>
  outline.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = outline[(index + 1) % outline.length] as readonly [number, number];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

describe('the outlines of a mask', () => {
  it('run along the edges of its pixels, with a point only where they turn', () => {
    expect(outlinesOf(maskOf('....', '.xx.', '.xx.', '....'), 9)).toEqual([
      [
        [1, 1],
        [3, 1],
        [3, 3],
        [1, 3],
      ],
    ]);
  });

  it('hold as many pixels as the part has where it has no hole, also at the edges of the image', () => {
    const mask = maskOf('x.xxx', 'xxx..', 'x.x.x', '..xxx');
    expect(outlinesOf(mask, 9).map(areaOf)).toEqual([13]);
  });

  it('go round a hole outside', () => {
    expect(outlinesOf(maskOf('xxx', 'x.x', 'xxx'), 9).map(areaOf)).toEqual([9]);
  });

  it('are one a part, the largest first; parts that touch at a corner are two', () => {
    const mask = maskOf('x...', '.xx.', '.xx.', 'x...');
    expect(outlinesOf(mask, 9).map(areaOf)).toEqual([4, 1, 1]);
    expect(outlinesOf(mask, 2)).toHaveLength(2);
    expect(outlinesOf(maskOf('...'), 9)).toEqual([]);
  });

  it('have at most a thousand points, and keep their shape', () => {
    const [width, height, radius] = [1_200, 1_200, 590];
    const rows = Array.from({ length: height }, (_, y) => {
      const half = Math.floor(Math.sqrt(Math.max(0, radius ** 2 - (y - height / 2) ** 2)));
      const edge = half - (y % 2) * Math.min(half, 5);
      return '.'.repeat(width / 2 - edge) + 'x'.repeat(2 * edge) + '.'.repeat(width / 2 - edge);
    });
    const mask = maskOf(...rows);
    const [outline = []] = outlinesOf(mask, 1);
    const size = samplesOf(mask).reduce((sum, sample) => sum + sample, 0);
    expect(outline.length).toBeLessThanOrEqual(1_000);
    expect(Math.abs(areaOf(outline) - size) / size).toBeLessThan(0.02);
  });
});
