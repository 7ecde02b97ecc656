import fc from 'fast-check';
import { RETRY_BUDGET_RULES as RULES, RetryBudget } from './retry-budget';

const taken = (budget: RetryBudget, nowMs: number, tries: number) =>
  Array.from({ length: tries }, () => budget.take(nowMs)).filter(Boolean).length;

describe('RetryBudget', () => {
  it('allows a tenth of the first attempts of the window', () => {
    const budget = new RetryBudget();
    for (let count = 0; count < 500; count += 1) budget.first(1_000);
    expect(taken(budget, 2_000, 100)).toBe(50);
  });

  it('allows a few where there is little traffic', () => {
    expect(taken(new RetryBudget(), 1_000, 100)).toBe(RULES.least);
  });

  it('forgets what is older than the window', () => {
    const budget = new RetryBudget();
    expect(taken(budget, 0, 100)).toBe(RULES.least);
    expect(taken(budget, RULES.windowMs - 1, 100)).toBe(0);
    expect(taken(budget, RULES.windowMs, 100)).toBe(RULES.least);
  });

  it('never allows more in a window than the share of its first attempts, or the few', () => {
    const steps = fc.array(fc.record({ afterMs: fc.nat(3_000), firsts: fc.nat(60), retries: fc.nat(20) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (script) => {
        const budget = new RetryBudget();
        const done: { atMs: number; firsts: number; retries: number }[] = [];
        let atMs = 0;
        for (const { afterMs, firsts, retries } of script) {
          atMs += afterMs;
          for (let count = 0; count < firsts; count += 1) budget.first(atMs);
          done.push({ atMs, firsts, retries: taken(budget, atMs, retries) });
          // The window slides by tenths of itself: of its first tenth it may have forgotten a part.
          const within = (ms: number) => done.filter((step) => step.atMs > atMs - ms);
          const sum = (of: typeof done, key: 'firsts' | 'retries') => of.reduce((total, step) => total + step[key], 0);
          const allowed = Math.max(RULES.least, RULES.share * sum(within(2 * RULES.windowMs), 'firsts'));
          expect(sum(within(0.9 * RULES.windowMs), 'retries')).toBeLessThanOrEqual(allowed);
        }
      }),
    );
  });
});
