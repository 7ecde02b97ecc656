import fc from 'fast-check';
import { adapt, boundsOf, firstConcurrency, type Concurrency, type ConcurrencyBounds } from './concurrency';

/** Answers of a replica that is kept as busy as the limit allows. */
const run = (state: Concurrency, bounds: ConcurrencyBounds, latencyOf: (inFlight: number) => number, times = 2_000) => {
  let current = state;
  for (let count = 0; count < times; count += 1) {
    const inFlight = Math.floor(current.limit);
    current = adapt(current, { latencyMs: latencyOf(inFlight), inFlight, refused: false }, bounds);
  }
  return current;
};

describe('boundsOf', () => {
  it('leaves room for a full batch under way and another one, for every instance', () => {
    expect(boundsOf(2, 8, 512)).toEqual({ floor: 32, ceiling: 512 });
    expect(boundsOf(1, 0, 512)).toEqual({ floor: 2, ceiling: 512 });
  });

  it('stays sane for enormous batches and small ceilings', () => {
    expect(boundsOf(4, 1_024, 512).floor).toBe(256);
    expect(boundsOf(4, 8, 10).floor).toBe(10);
  });
});

describe('adapt', () => {
  const bounds = boundsOf(1, 0, 512);
  const first = firstConcurrency(bounds);

  it('keeps a replica that runs one at a time at a short queue', () => {
    const { limit } = run(first, bounds, (inFlight) => 10 * Math.max(1, inFlight));
    expect(limit).toBeGreaterThanOrEqual(2);
    expect(limit).toBeLessThan(8);
  });

  it('finds how many one takes that says nothing of its parallel work', () => {
    const { limit } = run(first, bounds, (inFlight) => 10 * Math.max(1, inFlight / 32));
    expect(limit).toBeGreaterThan(32);
    expect(limit).toBeLessThan(160);
  });

  it('does not mind a queue that is over in a moment', () => {
    const { limit } = run(first, bounds, (inFlight) => 0.1 * inFlight);
    expect(limit).toBeGreaterThan(40);
    expect(limit).toBeLessThan(100);
  });

  it('falls again when the replica gets slower', () => {
    const quick = run(first, bounds, () => 10);
    expect(quick.limit).toBe(bounds.ceiling);
    expect(run(quick, bounds, () => 100).limit).toBeLessThan(20);
  });

  it('falls at once when the replica refuses', () => {
    const state = { limit: 100, bestMs: 10 };
    expect(adapt(state, { latencyMs: 1, inFlight: 100, refused: true }, bounds)).toEqual({ limit: 70, bestMs: 10 });
  });

  it('learns nothing about the limit while it is not used', () => {
    const state = { limit: 100, bestMs: 10 };
    expect(adapt(state, { latencyMs: 500, inFlight: 3, refused: false }, bounds)).toEqual(state);
  });

  it('forgets the best latency slowly when the work has become heavier', () => {
    let state: Concurrency = { limit: 4, bestMs: 1 };
    for (let count = 0; count < 100; count += 1)
      state = adapt(state, { latencyMs: 50, inFlight: 1, refused: false }, bounds);
    expect(state.bestMs).toBeGreaterThan(45);
  });

  it('stays within its bounds, whatever it hears', () => {
    const samples = fc.array(
      fc.record({
        latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
        inFlight: fc.integer({ min: 1, max: 600 }),
        refused: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 8 }), fc.nat(64), (heard, instances, rows) => {
        const own = boundsOf(instances, rows, 300);
        let state = firstConcurrency(own);
        for (const sample of heard) {
          state = adapt(state, sample, own);
          expect(state.limit).toBeGreaterThanOrEqual(own.floor);
          expect(state.limit).toBeLessThanOrEqual(own.ceiling);
        }
      }),
    );
  });
});
