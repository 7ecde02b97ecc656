import fc from 'fast-check';
import { SlidingExtremes } from './sliding-extremes';

describe('SlidingExtremes', () => {
  it('is the latest number where the window has no length', () => {
    const extremes = new SlidingExtremes(0);
    extremes.see(0, 9);
    extremes.see(0, 4);
    expect([extremes.min, extremes.max]).toEqual([4, 4]);
  });

  it('holds every number of the window, and none that is a part of it older', () => {
    const seen = fc.record({ afterMs: fc.nat(20_000), value: fc.integer({ min: 0, max: 100 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 60_000 }),
        fc.array(seen, { minLength: 1, maxLength: 60 }),
        (windowMs, all) => {
          const extremes = new SlidingExtremes(windowMs);
          const before: { nowMs: number; value: number }[] = [];
          let nowMs = 1_764_000_000_000;
          for (const { afterMs, value } of all) {
            nowMs += afterMs;
            extremes.see(nowMs, value);
            before.push({ nowMs, value });
            const within = (ms: number) => before.filter((one) => one.nowMs >= nowMs - ms).map((one) => one.value);
            const [least, most] = [
              within(windowMs),
              within(windowMs * (1 + 1 / Math.min(8, Math.ceil(windowMs / 1_000)))),
            ];
            expect(extremes.max).toBeGreaterThanOrEqual(Math.max(...least));
            expect(extremes.max).toBeLessThanOrEqual(Math.max(...most));
            expect(extremes.min).toBeLessThanOrEqual(Math.min(...least));
            expect(extremes.min).toBeGreaterThanOrEqual(Math.min(...most));
          }
        },
      ),
    );
  });
});
