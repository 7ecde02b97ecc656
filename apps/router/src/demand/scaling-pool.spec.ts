import type { ClassName } from '@medserve/rpc';
import { Traffic } from '../traffic';
import { poolTerms } from '../testing/pool-terms';
import { ScalingPool, type PoolTerms } from './scaling-pool';

describe('what is asked of a pool', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function setUp(more: Partial<PoolTerms> = {}) {
    const edges: string[] = [];
    const coldRequests: string[] = [];
    const coldStarts: number[] = [];
    const { observer } = new Traffic({
      onColdRequest: (name) => coldRequests.push(name),
      onColdStart: (_, seconds) => coldStarts.push(seconds),
    });
    const pool = new ScalingPool(poolTerms(more), observer, ({ name }) => edges.push(name));
    const enter = (costUnits = 0, name: ClassName = 'routine') => pool.enter(performance.now(), costUnits, name);
    const reading = () => {
      const { queuedSlots, runningSlots, active, idleMs, oldestWaitMs } = pool.demand(performance.now());
      return { queuedSlots, runningSlots, active, idleMs, oldestWaitMs };
    };
    return { pool, edges, coldRequests, coldStarts, enter, reading };
  }

  it('is counted once for each request, wherever it is, by what it costs', () => {
    const { enter, reading } = setUp({ unitsPerSlot: 16 });
    const [small, large] = [enter(), enter(64)];
    expect(reading()).toMatchObject({ queuedSlots: 5, runningSlots: 0, active: true });
    large.start(performance.now());
    expect(reading()).toMatchObject({ queuedSlots: 1, runningSlots: 4 });
    large.waitAgain(performance.now());
    expect(reading()).toMatchObject({ queuedSlots: 5, runningSlots: 0 });
    large.start(performance.now());
    for (const ticket of [small, large, large]) ticket.leave(performance.now());
    expect(reading()).toMatchObject({ queuedSlots: 0, runningSlots: 0 });
  });

  it('is the pool’s whose replica runs it', () => {
    const [home, other] = [setUp(), setUp({ name: 'other' })];
    const ticket = home.enter();
    ticket.start(performance.now(), other.pool);
    expect([home.reading().queuedSlots, other.reading().runningSlots]).toEqual([0, 1]);
    ticket.waitAgain(performance.now());
    ticket.leave(performance.now());
    expect([home.pool.isIdle, other.pool.isIdle]).toEqual([true, true]);
  });

  it('lingers, and is news again only after that', () => {
    const { enter, edges, reading } = setUp({ lingerMs: 1_000 });
    enter().leave(performance.now());
    jest.advanceTimersByTime(500);
    expect(reading()).toMatchObject({ active: true, idleMs: 500 });
    enter().leave(performance.now());
    expect(edges).toEqual(['pool']);
    jest.advanceTimersByTime(1_000);
    expect(reading().active).toBe(false);
    enter();
    expect(edges).toEqual(['pool', 'pool']);
  });

  it('tells how long the one that waits longest has waited', () => {
    const { enter, reading } = setUp();
    const first = enter();
    jest.advanceTimersByTime(300);
    enter();
    expect(reading().oldestWaitMs).toBe(300);
    first.start(performance.now());
    jest.advanceTimersByTime(100);
    expect(reading().oldestWaitMs).toBe(100);
  });

  it('tells how many of each class wait, and leaves out who only wakes it', () => {
    const { pool, enter } = setUp();
    enter(0, 'stat').start(performance.now());
    enter(0, 'stat');
    enter(64, 'research');
    pool.wake(performance.now());
    expect(pool.demand(performance.now()).waiting).toEqual({ stat: 1, urgent: 0, routine: 0, research: 1 });
  });

  it('counts how requests ended, and how many of them found no replica', () => {
    const { pool, enter } = setUp();
    enter();
    pool.served(performance.now());
    enter();
    for (const outcome of ['answered', 'answered', 'failed', 'refused'] as const) pool.ended('stat', outcome, 1);
    const totals = { answered: 2, invalid: 0, refused: 1, failed: 1, cancelled: 0, cold: 1 };
    expect(pool.demand(performance.now()).totals).toEqual(totals);
  });

  it('is one slot for the linger when somebody only wakes it, however often', () => {
    const { pool, edges, reading, coldRequests } = setUp({ lingerMs: 1_000 });
    pool.wake(performance.now());
    jest.advanceTimersByTime(600);
    pool.wake(performance.now());
    expect(reading()).toMatchObject({ queuedSlots: 1, oldestWaitMs: 0 });
    jest.advanceTimersByTime(999);
    expect(reading().queuedSlots).toBe(1);
    jest.advanceTimersByTime(1);
    expect(reading()).toMatchObject({ queuedSlots: 0, active: true });
    expect(edges).toEqual(['pool']);
    expect(coldRequests).toEqual([]);
  });

  it('tells all seconds at first, and then those since', () => {
    const { pool, enter } = setUp();
    jest.advanceTimersByTime(2_000);
    const ticket = enter();
    jest.advanceTimersByTime(2_000);
    ticket.leave(performance.now());
    const all = pool.demand(performance.now()).recent;
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(all.reduce((sum, slots) => sum + slots, 0)).toBeGreaterThan(1);
    const sinceMs = performance.now();
    jest.advanceTimersByTime(2_000);
    const since = pool.demand(performance.now(), sinceMs).recent;
    expect(since).toHaveLength(2);
    expect(since[0]).toBe(0);
  });

  it('learns from cold starts how long the next will take', () => {
    const { pool, enter, coldRequests, coldStarts } = setUp();
    enter();
    jest.advanceTimersByTime(4_000);
    enter();
    pool.served(performance.now());
    expect(coldRequests).toEqual(['pool', 'pool']);
    expect(coldStarts).toEqual([4]);
    expect(pool.coldStarts.expectedMs).toBe(4_000);
    // Now there is a replica: no request is a cold one, and none begins a cold start.
    enter();
    pool.served(performance.now());
    expect([coldRequests.length, coldStarts.length]).toEqual([2, 1]);
    pool.replicas = { ready: 0, starting: 0, draining: 0 };
    enter();
    jest.advanceTimersByTime(1_000);
    expect(pool.coldStarts.progress(performance.now())).toEqual({ percent: 25, remainingMs: 3_000 });
  });

  it('does not take for a cold start what nobody waited for to its end', () => {
    const { pool, enter, coldStarts } = setUp({ lingerMs: 1_000 });
    enter().leave(performance.now());
    jest.advanceTimersByTime(60_000);
    // It came after all, and was asked for nothing for an hour.
    pool.replicas = { ready: 1, starting: 0, draining: 0 };
    jest.advanceTimersByTime(3_600_000);
    enter();
    jest.advanceTimersByTime(2_000);
    pool.served(performance.now());
    expect([coldStarts, pool.coldStarts.expectedMs]).toEqual([[], 0]);
  });

  it('begins a cold start anew with who comes after all have left', () => {
    const { pool, enter, coldStarts } = setUp({ lingerMs: 1_000 });
    enter().leave(performance.now());
    jest.advanceTimersByTime(60_000);
    enter();
    jest.advanceTimersByTime(2_000);
    pool.served(performance.now());
    expect(coldStarts).toEqual([2]);
  });
});
