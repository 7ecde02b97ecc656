import { guessLoad, learnLoadMs } from './expect-load';

describe('what is expected of a load', () => {
  it('is guessed from the size of the files, more for more', () => {
    const small = guessLoad(0);
    const large = guessLoad(47 * 2 ** 20);
    expect(small.loadMs).toBeGreaterThan(0);
    expect(large.loadMs).toBeGreaterThan(small.loadMs);
    expect(large.bytes - small.bytes).toBeGreaterThanOrEqual(47 * 2 ** 20);
  });

  it('is learned: the first measurement counts at once, later ones move it', () => {
    const first = learnLoadMs(undefined, 100);
    expect(first).toBe(100);
    const second = learnLoadMs(first, 200);
    expect(second).toBeGreaterThan(100);
    expect(second).toBeLessThan(200);
    const settled = Array.from({ length: 20 }).reduce<number>((learned) => learnLoadMs(learned, 200), second);
    expect(settled).toBeCloseTo(200, 0);
  });
});
