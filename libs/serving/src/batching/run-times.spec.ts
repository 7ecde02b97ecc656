import fc from 'fast-check';
import { expectedRunMs, learnRun, leastMsPerCost, leastRunMs, NO_RUNS, type RunTime } from './run-times';

const learn = (...runs: RunTime[]) => runs.reduce(learnRun, NO_RUNS);
const times = (count: number, run: RunTime): RunTime[] => new Array<RunTime>(count).fill(run);

describe('run times', () => {
  it('are not known before there was a run of that size', () => {
    expect(expectedRunMs(NO_RUNS, 1)).toBeUndefined();
    expect(expectedRunMs(learn({ cost: 2, ms: 5 }), 8)).toBeUndefined();
  });

  it('are the mean of the first runs and follow later ones', () => {
    expect(expectedRunMs(learn({ cost: 1, ms: 10 }, { cost: 1, ms: 20 }), 1)).toBe(15);
    const before = times(20, { cost: 1, ms: 10 });
    expect(expectedRunMs(learn(...before, ...times(40, { cost: 1, ms: 30 })), 1)).toBeCloseTo(30, 0);
  });

  it('lie in a straight line between the sizes that were seen, and below them in proportion', () => {
    const known = learn({ cost: 4, ms: 8 }, { cost: 16, ms: 20 });
    expect([2, 4, 10, 16].map((cost) => expectedRunMs(known, cost))).toEqual([4, 8, 14, 20]);
  });

  it('grow with the cost when the runs did', () => {
    const runs = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(runs, (costs) => {
        const known = learn(...costs.map((cost) => ({ cost, ms: 2 + cost })));
        let last = 0;
        for (let cost = 1; cost <= 64; cost += 1) {
          const ms = expectedRunMs(known, cost);
          if (ms === undefined) return;
          expect(ms).toBeGreaterThanOrEqual(last - 1e-9);
          last = ms;
        }
      }),
    );
  });

  it('hold nothing against a request before there were a few runs, and allow for their variation then', () => {
    const steady = { cost: 1, ms: 10 };
    expect(leastRunMs(learn(...times(4, steady)), 1)).toBe(0);
    expect(leastMsPerCost(learn(...times(4, steady)))).toBeUndefined();
    expect(leastRunMs(learn(...times(5, steady)), 1)).toBe(10);
    const varied = learn(...times(10, steady), { cost: 1, ms: 30 });
    expect(leastRunMs(varied, 1)).toBeLessThan(expectedRunMs(varied, 1) ?? 0);
    expect(leastRunMs(learn(...times(5, steady)), 100)).toBe(10);
  });

  it('give the price of the work in the best size of run', () => {
    expect(leastMsPerCost(learn(...times(5, { cost: 1, ms: 10 }), ...times(5, { cost: 8, ms: 16 })))).toBe(2);
  });
});
