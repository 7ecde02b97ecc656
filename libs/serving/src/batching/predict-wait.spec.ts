import { canBeAnswered, predictWaitMs, type Backlog } from './predict-wait';
import { learnRun, NO_RUNS } from './run-times';

/** Ten milliseconds for one row, two for each of eight. */
const times = [1, 1, 1, 8, 8, 8].reduce((known, cost) => learnRun(known, { cost, ms: cost === 1 ? 10 : 16 }), NO_RUNS);
const backlog = (change: Partial<Backlog>): Backlog => ({ costAhead: 0, instances: 1, running: [], ...change });

describe('predictWaitMs', () => {
  it('is the work ahead in the best size of run, shared by the instances', () => {
    expect(predictWaitMs(backlog({ costAhead: 40 }), times)).toBe(80);
    expect(predictWaitMs(backlog({ costAhead: 40, instances: 2 }), times)).toBe(40);
  });

  it('begins when the first instance is free', () => {
    const running = [
      { forMs: 2, cost: 1 },
      { forMs: 4, cost: 8 },
    ];
    expect(predictWaitMs(backlog({ instances: 2, running }), times)).toBe(8);
    expect(predictWaitMs(backlog({ instances: 3, running }), times)).toBe(0);
    expect(predictWaitMs(backlog({ running: [{ forMs: 50, cost: 1 }] }), times)).toBe(0);
  });

  it('is not known before there were a few runs', () => {
    expect(predictWaitMs(backlog({ costAhead: 1_000 }), NO_RUNS)).toBeUndefined();
  });
});

describe('canBeAnswered', () => {
  const busy = backlog({ costAhead: 40, running: [{ forMs: 0, cost: 1 }] });

  it('refuses only what would be late even if all went right', () => {
    expect(canBeAnswered({ cost: 1, leftMs: 100 }, busy, times)).toBe(true);
    expect(canBeAnswered({ cost: 1, leftMs: 99 }, busy, times)).toBe(false);
  });

  it('refuses nothing before there were a few runs', () => {
    expect(canBeAnswered({ cost: 1, leftMs: 1 }, busy, NO_RUNS)).toBe(true);
  });

  it('lets whoever finds nobody before it try', () => {
    expect(canBeAnswered({ cost: 1, leftMs: 1 }, backlog({}), times)).toBe(true);
  });
});
