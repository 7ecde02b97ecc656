import * as fc from 'fast-check';
import {
  granted,
  NO_LEASE,
  spend,
  standing,
  unspend,
  usedUpFor,
  wantedLease,
  type Lease,
  type LeaseRules,
} from './lease';
import { windowAt } from './window';

const RULES: LeaseRules = { limit: 1_000, windowS: 60 };

/** Spends, taking what is needed from a counter that nobody else uses. */
function take(lease: Lease, nowMs: number, points: number, counter: Map<number, number>): Lease {
  const first = spend(lease, RULES, nowMs, points);
  if (first.kind !== 'short') return first.lease;
  const request = wantedLease(first.lease, RULES, nowMs, points);
  if (request === undefined) throw new Error('Nothing is asked for.');
  const counted = (counter.get(request.window.startMs) ?? 0) + request.points;
  counter.set(request.window.startMs, counted);
  return take(granted(first.lease, RULES, nowMs, request, counted), nowMs, points, counter);
}

describe('a lease of points', () => {
  it('has nothing before something was granted', () => {
    expect(spend(NO_LEASE, RULES, 0, 1)).toMatchObject({ kind: 'short', missing: 1 });
  });

  it('is spent without asking as long as it lasts', () => {
    const request = { window: windowAt(0, 60), points: 10 };
    const lease = granted(NO_LEASE, RULES, 0, request, 10);
    expect(spend(lease, RULES, 0, 10)).toMatchObject({ kind: 'spent' });
    expect(spend(lease, RULES, 0, 11)).toMatchObject({ kind: 'short', missing: 1 });
  });

  it('gives what was within the limit, and is used up beyond', () => {
    const request = { window: windowAt(0, 60), points: 50 };
    const lease = granted(NO_LEASE, RULES, 0, request, 1_020);
    expect(spend(lease, RULES, 0, 30)).toMatchObject({ kind: 'spent' });
    expect(spend(lease, RULES, 15_000, 31)).toMatchObject({ kind: 'used_up', retryAfterMs: 45_000 });
    expect(usedUpFor(lease, RULES, 0)).toBeUndefined();
  });

  it('ends with its window, and so does being used up', () => {
    const lease = granted(NO_LEASE, RULES, 0, { window: windowAt(0, 60), points: 10 }, 2_000);
    expect(usedUpFor(lease, RULES, 59_999)).toBe(1);
    expect(spend(lease, RULES, 60_000, 1)).toMatchObject({ kind: 'short' });
  });

  it('takes nothing from an answer for a window that is over', () => {
    const lease = granted(NO_LEASE, RULES, 60_000, { window: windowAt(0, 60), points: 10 }, 10);
    expect(spend(lease, RULES, 60_000, 1)).toMatchObject({ kind: 'short' });
  });

  it('takes more at once while points go quickly, never more than a twentieth, and less when they last', () => {
    const counter = new Map<number, number>();
    let lease = NO_LEASE;
    for (let count = 0; count < 300; count += 1) lease = take(lease, count, 1, counter);
    expect(lease.slice).toBe(50);
    lease = take(lease, 10_000, 60, counter);
    expect(lease.slice).toBeLessThan(50);
  });

  it('asks for the next slice before the last one is spent', () => {
    let lease: Lease = granted(
      { ...NO_LEASE, slice: 10, grantedAtMs: -1_000 },
      RULES,
      0,
      { window: windowAt(0, 60), points: 10 },
      10,
    );
    const asked = Array.from({ length: 8 }, () => {
      lease = spend(lease, RULES, 0, 1).lease;
      return wantedLease(lease, RULES, 0, 0) !== undefined;
    });
    expect(asked).toEqual([false, false, false, false, false, true, true, true]);
  });

  it('takes the first points of a window before it begins, so that the store may pause over the boundary', () => {
    let lease = granted(NO_LEASE, RULES, 59_000, { window: windowAt(0, 60), points: 20 }, 20);
    lease = spend(lease, RULES, 59_000, 1).lease;
    const request = wantedLease(lease, RULES, 59_000, 0);
    expect(request).toMatchObject({ window: { startMs: 60_000 } });
    lease = granted(lease, RULES, 59_100, request ?? { window: windowAt(0, 60), points: 0 }, 1);
    expect(wantedLease(lease, RULES, 59_200, 0)).toBeUndefined();
    expect(spend(lease, RULES, 60_000, 1)).toMatchObject({ kind: 'spent' });
  });

  it('asks for nothing where nobody spends', () => {
    expect(wantedLease(NO_LEASE, RULES, 59_500, 0)).toBeUndefined();
  });

  it('takes smaller slices of what is left, so that a window is not parted into leases that nobody spends', () => {
    const lease = granted(
      { ...NO_LEASE, slice: 50, grantedAtMs: -1_000 },
      RULES,
      0,
      { window: windowAt(0, 60), points: 1 },
      960,
    );
    expect(wantedLease(lease, RULES, 0, 1)).toMatchObject({ points: 10 });
  });

  it('takes points back within their window only', () => {
    const lease = granted(NO_LEASE, RULES, 0, { window: windowAt(0, 60), points: 5 }, 5);
    const spent = spend(lease, RULES, 0, 5).lease;
    expect(standing(unspend(spent, windowAt(0, 60), 5), RULES, 0).remaining).toBe(1_000);
    const later = spend(spent, RULES, 60_000, 1).lease;
    expect(unspend(later, windowAt(0, 60), 5)).toBe(later);
  });

  it('lets nobody in where the limit is 0', () => {
    const none = { limit: 0, windowS: 60 };
    expect(wantedLease(NO_LEASE, none, 0, 1)).toBeUndefined();
    expect(spend(NO_LEASE, none, 0, 1)).toMatchObject({ kind: 'used_up' });
  });

  it('follows a limit that is raised, within the window', () => {
    const lease = granted(NO_LEASE, RULES, 0, { window: windowAt(0, 60), points: 50 }, 1_050);
    expect(usedUpFor(lease, RULES, 0)).toBe(60_000);
    const raised = { ...RULES, limit: 2_000 };
    expect(usedUpFor(lease, raised, 0)).toBeUndefined();
    expect(spend(lease, raised, 0, 1)).toMatchObject({ kind: 'short' });
    expect(standing(lease, raised, 0).remaining).toBe(950);
  });

  it('follows a limit that is lowered, within the window: what it holds beyond is not spent, until it is raised again', () => {
    const lease = granted(NO_LEASE, RULES, 0, { window: windowAt(0, 60), points: 50 }, 60);
    const lowered = { ...RULES, limit: 40 };
    expect(spend(lease, lowered, 0, 30)).toMatchObject({ kind: 'spent' });
    expect(spend(lease, lowered, 0, 31)).toMatchObject({ kind: 'used_up' });
    expect(usedUpFor(lease, { ...RULES, limit: 10 }, 0)).toBe(60_000);
    expect(spend(lease, RULES, 0, 50)).toMatchObject({ kind: 'spent' });
  });

  it('sends nobody away for longer than a day, so long as a window may be', () => {
    const month = { limit: 0, windowS: 31 * 86_400 };
    expect(usedUpFor(NO_LEASE, month, 0)).toBe(86_400_000);
    expect(spend(NO_LEASE, month, 0, 1)).toMatchObject({ retryAfterMs: 86_400_000 });
  });

  it('of several gateways together lets in no more than the highest limit, while it is lowered and raised again and again', () => {
    const act = fc.record({ gateway: fc.nat(2), points: fc.integer({ min: 1, max: 20 }), limit: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        const leases = [NO_LEASE, NO_LEASE, NO_LEASE];
        let counter = 0;
        let admitted = 0;
        let highest = 0;
        for (const { gateway, points, limit } of acts) {
          const rules = { limit, windowS: 60 };
          highest = Math.max(highest, limit);
          let decision = spend(leases[gateway] ?? NO_LEASE, rules, 0, points);
          for (let turn = 0; turn < 3 && decision.kind === 'short'; turn += 1) {
            const request = wantedLease(decision.lease, rules, 0, decision.missing);
            if (request === undefined) break;
            counter += request.points;
            decision = spend(granted(decision.lease, rules, 0, request, counter), rules, 0, points);
          }
          leases[gateway] = decision.lease;
          if (decision.kind === 'spent') admitted += points;
          expect(admitted).toBeLessThanOrEqual(highest);
        }
      }),
      { numRuns: 500 },
    );
  });

  /** What happens to a question: it gets lost before it is counted, its reply gets lost, it comes late, or all is well. */
  const fate = fc.constantFrom('lost', 'reply lost', 'late', 'well', 'well', 'well');
  const step = fc.record({ gateway: fc.nat(2), points: fc.integer({ min: 1, max: 40 }), pauseMs: fc.nat(4_000), fate });

  it('of several gateways together never lets in more than the limit, whatever is lost, late or paused', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 3, maxLength: 3 }),
        fc.array(step, { maxLength: 300 }),
        (limit, skewsMs, steps) => {
          const rules = { limit, windowS: 10 };
          const counter = new Map<number, number>();
          const admitted = new Map<number, number>();
          const leases = [NO_LEASE, NO_LEASE, NO_LEASE];
          const late: { gateway: number; deliver: (nowMs: number) => void }[] = [];
          let clockMs = 1_000_000;
          for (const { gateway, points, pauseMs, fate: how } of steps) {
            clockMs += pauseMs;
            // No gateway's clock is right.
            const nowMs = clockMs + (skewsMs[gateway] ?? 0);
            for (const { gateway: whose, deliver } of late.splice(0)) deliver(clockMs + (skewsMs[whose] ?? 0));
            const decision = spend(leases[gateway] ?? NO_LEASE, rules, nowMs, points);
            leases[gateway] = decision.lease;
            if (decision.kind === 'spent') {
              const { startMs } = windowAt(nowMs, rules.windowS);
              admitted.set(startMs, (admitted.get(startMs) ?? 0) + points);
            }
            const missing = decision.kind === 'short' ? decision.missing : 0;
            const request = wantedLease(decision.lease, rules, nowMs, missing);
            if (request === undefined || how === 'lost') continue;
            const counted = (counter.get(request.window.startMs) ?? 0) + request.points;
            counter.set(request.window.startMs, counted);
            const deliver = (atMs: number): void => {
              leases[gateway] = granted(leases[gateway] ?? NO_LEASE, rules, atMs, request, counted);
            };
            if (how === 'well') deliver(nowMs);
            else if (how === 'late') late.push({ gateway, deliver });
          }
          for (const count of admitted.values()) expect(count).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('of several gateways together lets in all but a little of the limit where nothing is lost', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.nat(1), { minLength: 20, maxLength: 60 }),
        (limit, turns) => {
          const rules = { limit, windowS: 60 };
          const leases = [NO_LEASE, NO_LEASE];
          let counted = 0;
          let admitted = 0;
          for (let index = 0; index < limit * 3; index += 1) {
            const gateway = turns[index % turns.length] ?? 0;
            const nowMs = Math.floor((index * 50_000) / (limit * 3));
            let decision = spend(leases[gateway] ?? NO_LEASE, rules, nowMs, 1);
            while (decision.kind === 'short') {
              const request = wantedLease(decision.lease, rules, nowMs, 1);
              if (request === undefined) throw new Error('Nothing is asked for.');
              counted += request.points;
              decision = spend(granted(decision.lease, rules, nowMs, request, counted), rules, nowMs, 1);
            }
            leases[gateway] = decision.lease;
            if (decision.kind === 'spent') admitted += 1;
          }
          expect(admitted).toBeLessThanOrEqual(limit);
          // A gateway whose requests stopped early keeps its last slice: no more than a twentieth, and at least one point.
          expect(admitted).toBeGreaterThanOrEqual(limit - 2 * Math.max(1, limit / 20));
        },
      ),
      { numRuns: 100 },
    );
  });
});
