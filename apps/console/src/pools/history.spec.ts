import { lineOf, rate, rateLineOf, rateNow, SAMPLES_KEPT, withSample, type History, type Sample } from './history';
import type { Pool, Totals } from './pool';

const NONE: Totals = { answered: 0, invalid: 0, refused: 0, failed: 0, cancelled: 0, cold: 0 };
const pool = (name: string, totals?: Partial<Totals>): Pool => ({
  name,
  queuedSlots: 1,
  runningSlots: 2,
  readyReplicas: 1,
  startingReplicas: 0,
  oldestWaitMs: 0,
  ...(totals === undefined ? {} : { totals: { ...NONE, ...totals } }),
});
const answered = (atMs: number, count: number): Sample => ({ atMs, pool: pool('p', { answered: count }) });

describe('what was seen of pools', () => {
  it('is kept for ten minutes, and of those that are there', () => {
    let history: History = new Map();
    for (let at = 0; at < SAMPLES_KEPT + 20; at += 1) history = withSample(history, [pool('a'), pool('b')], at);
    history = withSample(history, [pool('a')], 1_000);
    expect([...history.keys()]).toEqual(['a']);
    expect(history.get('a')).toHaveLength(SAMPLES_KEPT);
    expect(history.get('a')?.at(-1)?.atMs).toBe(1_000);
  });

  it('gives rates a second, which a router that starts anew does not turn negative', () => {
    expect(rate(answered(0, 10), answered(2_000, 16), 'answered')).toBe(3);
    expect(rate(answered(0, 1_000), answered(2_000, 4), 'answered')).toBe(2);
    expect(rate(answered(0, 1), answered(0, 2), 'answered')).toBeUndefined();
    expect(rate({ atMs: 0, pool: pool('p') }, answered(1_000, 2), 'answered')).toBeUndefined();
  });

  it('gives the rate of the last half minute', () => {
    const old = [answered(0, 0), answered(10_000, 5_000)];
    const recent = [answered(60_000, 5_000), answered(70_000, 5_010), answered(80_000, 5_030)];
    expect(rateNow([...old, ...recent], 'answered')).toBe(1.5);
    expect(rateNow([answered(0, 3)], 'answered')).toBeUndefined();
    expect(rateNow([], 'answered')).toBeUndefined();
  });

  it('gives lines, with a gap where a rate is not known yet', () => {
    const samples = [answered(1_000, 2), answered(2_000, 5)];
    expect(rateLineOf(samples, 'answered')).toEqual({ times: [1, 2], values: [null, 3] });
    expect(lineOf(samples, ({ runningSlots }) => runningSlots)).toEqual({ times: [1, 2], values: [2, 2] });
  });
});
