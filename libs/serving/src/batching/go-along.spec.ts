import type { BatchCandidate } from './form-batch';
import { goAlong } from './go-along';
import { learnRun, NO_RUNS, type RunTimes } from './run-times';

const candidate = (cost: number, deadlineAtMs = Number.POSITIVE_INFINITY): BatchCandidate => ({
  class: 'routine',
  signature: '',
  rows: 1,
  cost,
  arrivedAtMs: 0,
  deadlineAtMs,
});

const FIRST = [candidate(100)];
const known = (...runs: readonly (readonly [cost: number, ms: number])[]): RunTimes =>
  runs.reduce((times, [cost, ms]) => learnRun(times, { cost, ms }), NO_RUNS);

describe('those who go along in the turn of another', () => {
  it('are as many as are answered within a millisecond, in their order', () => {
    const waiting = Array.from({ length: 9 }, () => candidate(100));
    expect(goAlong(FIRST, waiting, known([100, 0.2]), 0)).toEqual(waiting.slice(0, 4));
  });

  it('are none where a run takes longer, or nobody knows how long', () => {
    expect(goAlong(FIRST, [candidate(100)], known([100, 0.6]), 0)).toEqual([]);
    expect(goAlong(FIRST, [candidate(100)], NO_RUNS, 0)).toEqual([]);
  });

  it('end before one whose size was never seen', () => {
    const small = candidate(100);
    expect(goAlong(FIRST, [small, candidate(10_000), small], known([100, 0.1]), 0)).toEqual([small]);
  });

  it('end before one who would be answered too late in their company', () => {
    const [inTime, late] = [candidate(100, 1_000.5), candidate(100, 1_000.5)];
    expect(goAlong(FIRST, [inTime, late], known([100, 0.2]), 1_000)).toEqual([inTime]);
  });
});
