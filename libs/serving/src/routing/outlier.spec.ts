import fc from 'fast-check';
import {
  eject,
  isOutlier,
  mayEject,
  observeOutcome,
  OUTLIER_RULES as RULES,
  UNSUSPECTED,
  type OutlierRecord,
} from './outlier';

const observe = (record: OutlierRecord, outcomes: readonly boolean[], nowMs: number) =>
  outcomes.reduce((state, failed) => observeOutcome(state, failed, nowMs, RULES), record);
const failures = (count: number) => Array.from({ length: count }, () => true);

describe('an outlier', () => {
  it('is who fails several times in a row', () => {
    expect(isOutlier(observe(UNSUSPECTED, failures(4), 100), 100, RULES)).toBe(false);
    expect(isOutlier(observe(UNSUSPECTED, failures(5), 100), 100, RULES)).toBe(true);
    expect(isOutlier(observe(UNSUSPECTED, [...failures(4), false, true], 100), 100, RULES)).toBe(false);
  });

  it('is who fails half of its requests, once there are enough of them', () => {
    const half = Array.from({ length: 20 }, (_, index) => index % 2 === 0);
    expect(isOutlier(observe(UNSUSPECTED, half.slice(0, 18), 100), 100, RULES)).toBe(false);
    expect(isOutlier(observe(UNSUSPECTED, half, 100), 100, RULES)).toBe(true);
  });

  it('is not who failed before the window', () => {
    const half = Array.from({ length: 18 }, (_, index) => index % 2 === 0);
    const before = observe(UNSUSPECTED, half, 100);
    expect(isOutlier(observe(before, [true, false, true], 100 + RULES.windowMs + 1), 40_000, RULES)).toBe(false);
  });

  it('is out for longer each time, up to a limit, and judged anew when it is back', () => {
    let record = UNSUSPECTED;
    let nowMs = 1_000;
    const times: number[] = [];
    for (let count = 0; count < 100; count += 1) {
      record = eject(record, nowMs, RULES);
      times.push(record.ejectedUntilMs - nowMs);
      nowMs = record.ejectedUntilMs;
      expect(isOutlier(record, nowMs, RULES)).toBe(false);
    }
    expect(times.slice(0, 3)).toEqual([5_000, 10_000, 15_000]);
    expect(times.at(-1)).toBe(RULES.maxEjectionMs);
  });

  it('is forgiven step by step while it behaves well', () => {
    let record = eject(eject(UNSUSPECTED, 0, RULES), 0, RULES);
    let nowMs = record.ejectedUntilMs;
    for (let count = 0; count < 2; count += 1) {
      nowMs += RULES.windowMs + RULES.baseEjectionMs + 1;
      record = observeOutcome(record, false, nowMs, RULES);
    }
    expect(record.ejections).toBe(0);
  });

  it('is not forgiven for one good answer among many that fail', () => {
    let record = eject(eject(UNSUSPECTED, 0, RULES), 0, RULES);
    let nowMs = record.ejectedUntilMs;
    // Forty of a hundred: too few to be ejected for, too many to be called well.
    for (let count = 0; count < 2_000; count += 1) {
      nowMs += RULES.windowMs / 50;
      record = observeOutcome(record, count % 5 < 2, nowMs, RULES);
    }
    expect(record.ejections).toBe(2);
  });

  it('is not ejected again while it is out', () => {
    const out = eject(UNSUSPECTED, 1_000, RULES);
    expect(isOutlier(observe(out, failures(9), 1_001), 1_001, RULES)).toBe(false);
  });
});

describe('mayEject', () => {
  it('never takes the last replica and never more than half of a pool', () => {
    fc.assert(
      fc.property(fc.nat(20), (pool) => {
        let out = 0;
        while (mayEject(pool, out, RULES)) out += 1;
        expect(out).toBeLessThanOrEqual(pool / 2);
        expect(pool === 0 || out < pool).toBe(true);
      }),
    );
    expect([1, 2, 3, 4].map((pool) => mayEject(pool, 0, RULES))).toEqual([false, true, true, true]);
  });
});
