import fc from 'fast-check';
import { DemandWindow } from './demand-window';

const filled = (from: number, slots: readonly number[]): DemandWindow => {
  const window = new DemandWindow();
  for (const [index, mean] of slots.entries()) window.add(from + index, mean);
  return window;
};

describe('DemandWindow', () => {
  it('adds up what several routers say of a second', () => {
    const window = filled(100, [1, 2, 3]);
    window.add(101, 10);
    expect(window.mean(103, 3_000)).toBe(16 / 3);
    expect(window.peak(103, 3_000)).toBe(12);
    expect(window.mean(103, 1_000)).toBe(3);
  });

  it('is the mean of what is known, so that what began a moment ago is not taken for a lull', () => {
    expect(filled(100, [6, 6]).mean(102, 60_000)).toBe(6);
    expect(new DemandWindow().mean(100, 60_000)).toBe(0);
  });

  it('counts seconds that nobody spoke of as 0', () => {
    const window = filled(100, [6]);
    window.add(105, 6);
    expect(window.mean(106, 6_000)).toBe(2);
    expect(window.mean(112, 6_000)).toBe(0);
  });

  it('forgets after 900 seconds, and takes nothing that is older', () => {
    const window = filled(0, [5]);
    window.add(899, 1);
    expect(window.peak(900, 900_000)).toBe(5);
    window.add(900, 1);
    window.add(0, 100);
    expect(window.peak(901, 900_000)).toBe(1);
    window.add(1_000_000, 2);
    expect(window.mean(1_000_001, 900_000)).toBeCloseTo(2 / 900, 9);
  });

  it('knows how far back it reaches', () => {
    const window = filled(100, [1, 1, 1]);
    expect([99, 100, 102].map((second) => window.reaches(second))).toEqual([false, true, true]);
    expect(new DemandWindow().reaches(0)).toBe(false);
  });

  it('tells the seconds that it knows, and none that it does not', () => {
    const told: [number, number][] = [];
    filled(100, [1, 0.25]).each((second, slots) => told.push([second, slots]));
    new DemandWindow().each((second, slots) => told.push([second, slots]));
    expect(told).toEqual([
      [100, 1],
      [101, 0.25],
    ]);
  });

  it('is the same in whatever order routers are heard', () => {
    const told = fc.array(
      fc.tuple(
        fc.integer({ min: 60, max: 62 }),
        fc.integer({ min: 0, max: 10_000_000 }).map((parts) => parts / 977),
      ),
      { minLength: 6 },
    );
    fc.assert(
      fc.property(
        told.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([one, other]) => {
          const [first, second] = [new DemandWindow(), new DemandWindow()];
          for (const [at, slots] of one) first.add(at, slots);
          for (const [at, slots] of other) second.add(at, slots);
          expect(first.mean(63, 60_000)).toBe(second.mean(63, 60_000));
          expect(first.peak(63, 6_000)).toBe(second.peak(63, 6_000));
        },
      ),
    );
  });
});
