import { isComplete, strictest, USUAL_COMPLETENESS } from './is-complete';
import { images, series, study } from './testing/study';

const TEN = study([series('1', { instances: images('1', 10) })]);
const arrived = { firstAtMs: 0, lastAtMs: 5_000 };

describe('a study', () => {
  it('is complete when nothing has come for the quiet time, and not a moment before', () => {
    expect(isComplete(arrived, TEN, USUAL_COMPLETENESS, 34_999)).toEqual({ isComplete: false, lookAtMs: 35_000 });
    expect(isComplete(arrived, TEN, USUAL_COMPLETENESS, 35_000)).toEqual({ isComplete: true, because: 'quiet' });
  });

  it('is complete at the latest after the longest wait, though images still come', () => {
    const coming = { firstAtMs: 0, lastAtMs: 599_999 };
    expect(isComplete(coming, TEN, USUAL_COMPLETENESS, 599_999)).toEqual({ isComplete: false, lookAtMs: 600_000 });
    expect(isComplete(coming, TEN, USUAL_COMPLETENESS, 600_000)).toEqual({ isComplete: true, because: 'longest_wait' });
  });

  it('is complete when somebody says so', () => {
    expect(isComplete({ ...arrived, goAtMs: 6_000 }, TEN, USUAL_COMPLETENESS, 6_000)).toMatchObject({ because: 'go' });
  });

  it('waits for the word where its route wants one, and for the longest wait', () => {
    const policy = { ...USUAL_COMPLETENESS, on: 'go' } as const;
    expect(isComplete(arrived, TEN, policy, 100_000)).toEqual({ isComplete: false, lookAtMs: 600_000 });
  });

  it('is complete at once when it has as many instances as its headers say', () => {
    const counted = { ...TEN, expected: 10 };
    expect(isComplete(arrived, counted, USUAL_COMPLETENESS, 5_001)).toEqual({ isComplete: true, because: 'count' });
    expect(isComplete(arrived, { ...TEN, expected: 11 }, USUAL_COMPLETENESS, 5_001).isComplete).toBe(false);
    const short = study([series('1', { instances: images('1', 10), expected: 12 })], { expected: 10 });
    expect(isComplete(arrived, short, USUAL_COMPLETENESS, 5_001).isComplete).toBe(false);
  });

  it('that lacks some of the count is held where its route says so, and is not where it is a hint', () => {
    const short = study([series('1', { instances: images('1', 10), expected: 12 })]);
    const at = (expected: 'hold' | 'hint' | 'ignore') =>
      isComplete(arrived, short, { ...USUAL_COMPLETENESS, expected }, 100_000).isComplete;
    expect([at('hold'), at('hint'), at('ignore')]).toEqual([false, true, true]);
  });

  it('that several routes take waits as the most patient of them does', () => {
    const quick = { ...USUAL_COMPLETENESS, quietSeconds: 5 };
    const careful = { ...USUAL_COMPLETENESS, quietSeconds: 60, maxWaitSeconds: 100, expected: 'hold' } as const;
    expect(strictest([quick, careful])).toEqual({
      on: 'quiet',
      quietSeconds: 60,
      maxWaitSeconds: 600,
      expected: 'hold',
    });
    expect(strictest([])).toEqual(USUAL_COMPLETENESS);
  });
});
