import fc from 'fast-check';
import { CLASSES, type Class } from '../classes';
import { formBatch, type BatchCandidate, type BatchRules } from './form-batch';
import { learnRun, NO_RUNS, type RunTimes } from './run-times';

interface Request extends BatchCandidate {
  readonly name: string;
}

const request = (name: string, change: Partial<Request> = {}): Request => {
  const rows = change.rows ?? 1;
  return {
    name,
    class: 'routine',
    signature: 'x',
    rows,
    cost: rows,
    arrivedAtMs: 0,
    deadlineAtMs: Number.POSITIVE_INFINITY,
    ...change,
  };
};
const rules = (change: Partial<BatchRules> = {}): BatchRules => ({
  together: true,
  maxRows: 8,
  preferredRows: [],
  maxDelayMs: 0,
  ...change,
});
/** A model whose runs were seen to take `fixedMs` and `perRowMs` for each row. */
const seen = (fixedMs: number, perRowMs: number, sizes = [1, 2, 4, 8]): RunTimes =>
  sizes
    .flatMap((rows) => [rows, rows])
    .reduce((times, rows) => learnRun(times, { cost: rows, ms: fixedMs + perRowMs * rows }), NO_RUNS);

const decide = (
  waiting: readonly Request[],
  { nowMs = 0, times = NO_RUNS, ...change }: Partial<BatchRules> & { nowMs?: number; times?: RunTimes } = {},
): string => {
  const decision = formBatch(waiting, rules(change), times, nowMs);
  const names = (items: readonly Request[]) => items.map(({ name }) => name).join(' ');
  const what = decision.kind === 'run' ? names(decision.batch) : decision.kind;
  const when = decision.kind === 'wait' ? ` until ${String(decision.untilMs)}` : '';
  return `${what}${when}${decision.late.length > 0 ? `; late: ${names(decision.late)}` : ''}`;
};

const arbitraryRequest = fc.record({
  name: fc.string(),
  class: fc.constantFrom<Class>(...CLASSES),
  signature: fc.constantFrom('x', 'y'),
  rows: fc.integer({ min: 1, max: 8 }),
  cost: fc.integer({ min: 1, max: 8 }),
  arrivedAtMs: fc.nat(50),
  deadlineAtMs: fc.oneof(fc.integer({ min: 30, max: 200 }), fc.constant(Number.POSITIVE_INFINITY)),
});
const arbitraryRules = fc.record({
  together: fc.boolean(),
  maxRows: fc.constant(8),
  preferredRows: fc.subarray([2, 4, 6]),
  maxDelayMs: fc.constantFrom(0, 10),
});
const arbitraryTimes = fc.constantFrom(NO_RUNS, seen(1, 5), seen(20, 0));

describe('formBatch', () => {
  it('runs what fits together, in the order of the queue, up to the rows of a batch', () => {
    const waiting = ['a', 'b', 'c', 'd'].map((name) => request(name, { rows: 3 }));
    expect(decide(waiting)).toBe('a b');
    expect(decide([...waiting, request('e', { rows: 2 })])).toBe('a b e');
  });

  it('never mixes signatures and begins with the head', () => {
    expect(decide([request('a'), request('b', { signature: 'y' }), request('c')])).toBe('a c');
  });

  it('runs one by one what is not put together, however many rows one has', () => {
    expect(decide([request('a', { rows: 20 }), request('b')], { together: false })).toBe('a');
  });

  it('has nothing to do for an empty queue', () => {
    expect(decide([])).toBe('nothing');
  });

  it('keeps its promises for every queue', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRequest), arbitraryRules, arbitraryTimes, (waiting, given, times) => {
        const nowMs = 50;
        const decision = formBatch(waiting, given, times, nowMs);
        expect(new Set(decision.late).size).toBe(decision.late.length);
        if (decision.kind === 'nothing') {
          expect(decision.late).toHaveLength(waiting.length);
          return;
        }
        if (decision.kind === 'wait') {
          expect(decision.untilMs).toBeGreaterThan(nowMs);
          return;
        }
        const { batch, late } = decision;
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.filter((item) => late.includes(item))).toEqual([]);
        expect(new Set(batch.map(({ signature }) => signature)).size).toBe(1);
        expect(batch.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(8);
        expect(batch.every(({ deadlineAtMs }) => deadlineAtMs > nowMs)).toBe(true);
        const places = batch.map((item) => waiting.indexOf(item));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        if (!given.together) expect(batch).toHaveLength(1);
      }),
    );
  });

  describe('for deadlines', () => {
    it('does not run what nobody waits for any more', () => {
      expect(decide([request('gone', { deadlineAtMs: 10 }), request('a')], { nowMs: 10 })).toBe('a; late: gone');
    });

    it('does not run what cannot end in time while others can still be helped', () => {
      const waiting = [request('lost', { deadlineAtMs: 4 }), request('a', { deadlineAtMs: 100 })];
      expect(decide(waiting, { times: seen(5, 1) })).toBe('a; late: lost');
      expect(decide(waiting)).toBe('lost a');
    });

    it('runs the last one although it seems late: what was learned may be out of date', () => {
      const lost = ['a', 'b'].map((name) => request(name, { deadlineAtMs: 4 }));
      expect(decide(lost, { times: seen(50, 1) })).toBe('b; late: a');
    });

    it('takes nobody along who makes another miss a deadline', () => {
      const waiting = [request('a', { deadlineAtMs: 25 }), request('b'), request('c', { rows: 2 })];
      expect(decide(waiting, { times: seen(0, 10) })).toBe('a b');
    });
  });

  describe('for urgency', () => {
    const waiting = [
      request('s', { class: 'stat' }),
      request('s2', { class: 'stat' }),
      request('r', { class: 'research' }),
    ];

    it('takes the less urgent along only where that is known to cost next to nothing', () => {
      expect(decide(waiting)).toBe('s s2');
      expect(decide(waiting, { times: seen(20, 5) })).toBe('s s2');
      expect(decide(waiting, { times: seen(20, 0.1) })).toBe('s s2 r');
    });

    it('does not let many small riders add up', () => {
      const riders = Array.from({ length: 6 }, (_, index) => request(`r${String(index)}`));
      expect(decide([request('s', { class: 'stat' }), ...riders], { times: seen(20, 1) })).toBe('s r0 r1');
    });
  });

  describe('with a window', () => {
    const window = { maxDelayMs: 10 };

    it('waits for more from the arrival of the oldest, and then runs what is there', () => {
      const waiting = [request('a', { arrivedAtMs: 3 }), request('b', { arrivedAtMs: 1 })];
      expect(decide(waiting, { ...window, nowMs: 5 })).toBe('wait until 11');
      expect(decide(waiting, { ...window, nowMs: 11 })).toBe('a b');
    });

    it('does not wait with a full batch, with a preferred size, or for stat', () => {
      expect(decide([request('a', { rows: 8 })], window)).toBe('a');
      expect(decide([request('a', { rows: 4 })], { ...window, preferredRows: [4] })).toBe('a');
      expect(decide([request('a', { class: 'stat' })], window)).toBe('a');
    });

    it('never waits so long that a deadline is missed', () => {
      expect(decide([request('a', { deadlineAtMs: 12 })], { ...window, times: seen(5, 0) })).toBe('wait until 7');
    });
  });

  it('cuts the batch to the largest preferred size', () => {
    const waiting = Array.from({ length: 7 }, (_, index) => request(String(index)));
    expect(decide(waiting, { preferredRows: [2, 4] })).toBe('0 1 2 3');
    expect(decide(waiting.slice(0, 3), { preferredRows: [4] })).toBe('0 1 2');
  });
});
