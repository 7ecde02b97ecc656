import fc from 'fast-check';
import { connectedComponents } from './connected-components';

const picture = (...rows: string[]) => ({
  mask: Uint8Array.from(
    rows
      .join('')
      .split('')
      .map((c) => (c === '#' ? 1 : 0)),
  ),
  width: rows[0]?.length ?? 0,
  height: rows.length,
});

/** The slow, obvious way: flood from every pixel that has no number yet. */
function flood(mask: Uint8Array, width: number, height: number): number[] {
  const labels = new Array<number>(mask.length).fill(0);
  let next = 0;
  for (let start = 0; start < mask.length; start += 1) {
    if (!mask[start] || labels[start]) continue;
    next += 1;
    const stack = [start];
    while (stack.length > 0) {
      const at = stack.pop() as number;
      if (labels[at]) continue;
      labels[at] = next;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let dy = -1; dy <= 1; dy += 1) {
        for (let dx = -1; dx <= 1; dx += 1) {
          const [u, v] = [x + dx, y + dy];
          if (u >= 0 && v >= 0 && u < width && v < height && mask[v * width + u]) stack.push(v * width + u);
        }
      }
    }
  }
  return labels;
}

describe('connectedComponents', () => {
  it('joins pixels that touch by a corner', () => {
    const { mask, width, height } = picture('#..', '.#.', '..#');
    expect(connectedComponents(mask, width, height).areas).toEqual([6, 3]);
  });

  it('joins two arms that meet only at the bottom of a U', () => {
    const { mask, width, height } = picture('#.#', '#.#', '###');
    expect(connectedComponents(mask, width, height).areas).toEqual([2, 7]);
  });

  it('agrees with flooding, on any mask', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.boolean()),
        (width, height, bits) => {
          const mask = Uint8Array.from({ length: width * height }, () => Number(bits.next().value));
          const { labels, areas } = connectedComponents(mask, width, height);
          expect([...labels]).toEqual(flood(mask, width, height));
          expect(areas.reduce((sum, area) => sum + area, 0)).toBe(width * height);
        },
      ),
    );
  });
});
