import fc from 'fast-check';
import { loadProgress } from './load-progress';

describe('loadProgress', () => {
  it('goes by what was learned', () => {
    expect(loadProgress(0, 1_000)).toEqual({ percent: 0, remainingMs: 1_000 });
    expect(loadProgress(400, 1_000)).toEqual({ percent: 40, remainingMs: 600 });
  });

  it('says that it does not know', () => {
    expect(loadProgress(400, 0)).toEqual({ percent: 0, remainingMs: 0 });
  });

  it('stretches what is still to come when it takes longer', () => {
    expect(loadProgress(4_000, 1_000).remainingMs).toBe(1_000);
    expect(loadProgress(40_000, 1_000).remainingMs).toBe(10_000);
  });

  it('never goes down, never says that it is finished, and always expects something still', () => {
    const time = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 1, max: 100_000 }), (one, other, expectedMs) => {
        const earlier = loadProgress(Math.min(one, other), expectedMs);
        const later = loadProgress(Math.max(one, other), expectedMs);
        expect(later.percent).toBeGreaterThanOrEqual(earlier.percent);
        expect(later.percent).toBeLessThanOrEqual(99);
        expect(later.remainingMs).toBeGreaterThan(0);
      }),
    );
  });
});
