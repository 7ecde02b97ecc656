import { boundedRetryAfterMs, expectedWaitMs, observeAnswer, shedding, UNKNOWN_RATE } from './service-rate';

const observed = (gapsMs: readonly number[]) => gapsMs.reduce(observeAnswer, UNKNOWN_RATE);
const repeated = (times: number, gapsMs: readonly number[]) => Array.from({ length: times }, () => gapsMs).flat();

describe('the service rate', () => {
  it('is not known from a few answers', () => {
    expect(expectedWaitMs(observed([10, 10, 10]), 5)).toBeUndefined();
  });

  it('tells how long a queue takes', () => {
    expect(expectedWaitMs(observed(repeated(100, [10])), 5)).toBeCloseTo(50, 5);
  });

  it('is not misled by answers that come in batches', () => {
    expect(expectedWaitMs(observed(repeated(50, [40, 0, 0, 0])), 8)).toBeCloseTo(80, -1);
  });

  it('is known of a model that takes minutes, too', () => {
    expect(expectedWaitMs(observed(repeated(20, [60_000])), 2)).toBeCloseTo(120_000, 0);
  });

  it('follows a service that becomes slower', () => {
    const slower = expectedWaitMs(observed([...repeated(500, [10]), ...repeated(100, [100])]), 1);
    expect(slower).toBeGreaterThan(80);
  });
});

describe('shedding', () => {
  it('keeps who will be in time, and everyone while nothing is known', () => {
    expect(shedding(60, 20, 100)).toEqual({ kind: 'keep' });
    expect(shedding(undefined, 0, 1)).toEqual({ kind: 'keep' });
    expect(shedding(1e9, 0, Number.POSITIVE_INFINITY)).toEqual({ kind: 'keep' });
  });

  it('does not count on being just in time', () => {
    expect(shedding(60, 40, 110).kind).toBe('shed');
  });

  it('says when it is worth asking again: when the queue is shorter by what is too much', () => {
    expect(shedding(900, 100, 300)).toEqual({ kind: 'shed', retryAfterMs: 950 });
  });

  it('asks nobody to come back at once or in an hour', () => {
    expect(boundedRetryAfterMs(1)).toBe(100);
    expect(boundedRetryAfterMs(1e9)).toBe(60_000);
  });
});
