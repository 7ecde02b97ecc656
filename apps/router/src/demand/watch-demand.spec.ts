import { Traffic } from '../traffic';
import { poolTerms } from '../testing/pool-terms';
import { DemandBoard } from './demand-board';
import { demandMessages } from './watch-demand';

describe('messages about demand', () => {
  const closing = { board: undefined as DemandBoard | undefined };
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    closing.board?.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  function setUp() {
    const board = (closing.board = new DemandBoard(new Traffic().observer));
    const pools = ['a', 'b'].map((name) => board.pool(poolTerms({ name, lingerMs: 0 })));
    const [a, b] = pools as [(typeof pools)[number], (typeof pools)[number]];
    const ended = new AbortController();
    const messages = demandMessages(board, ended.signal);
    const next = async () => {
      const told = await messages.next();
      if (told.done === true) return undefined;
      return told.value.pools.map(({ pool, active, recent }) => [pool, active, recent.length] as const);
    };
    return { board, a, b, ended, next };
  }

  /** What a promise has come to by now. */
  async function soFar<T>(promise: Promise<T>): Promise<T | 'nothing yet'> {
    await jest.advanceTimersByTimeAsync(0);
    return Promise.race([promise, Promise.resolve('nothing yet' as const)]);
  }

  it('come at once, with every pool, and then every second with the second between', async () => {
    const { ended, next, board } = setUp();
    await jest.advanceTimersByTimeAsync(5_000);
    const first = await next();
    expect(first?.map(([pool, active]) => [pool, active])).toEqual([
      ['a', false],
      ['b', false],
    ]);
    expect(first?.[0]?.[2]).toBeGreaterThanOrEqual(4);
    const second = next();
    await jest.advanceTimersByTimeAsync(999);
    expect(await soFar(second)).toBe('nothing yet');
    await jest.advanceTimersByTimeAsync(1);
    expect((await second)?.map(([, , seconds]) => seconds)).toEqual([1, 1]);
    expect(board.message(0).router).toBe(board.router);
    const last = next();
    ended.abort();
    expect(await last).toBeUndefined();
  });

  it('come at once when a pool becomes active, and not for one that is known to be', async () => {
    const { a, b, ended, next } = setUp();
    await next();
    const edge = next();
    const ticket = a.enter(performance.now(), 0, 'routine');
    expect(await soFar(edge)).toMatchObject([
      ['a', true, 0],
      ['b', false, 0],
    ]);
    const later = next();
    ticket.leave(performance.now());
    a.enter(performance.now(), 0, 'routine');
    expect(await soFar(later)).toBe('nothing yet');
    b.enter(performance.now(), 0, 'routine');
    expect(await soFar(later)).toMatchObject([
      ['a', true, 0],
      ['b', true, 0],
    ]);
    ended.abort();
    await next();
  });

  it('miss no edge and no second while the reader is slow', async () => {
    const { a, ended, next } = setUp();
    await next();
    a.enter(performance.now(), 0, 'routine');
    await jest.advanceTimersByTimeAsync(5_000);
    const late = await soFar(next());
    expect(late).toMatchObject([
      ['a', true, 5],
      ['b', false, 5],
    ]);
    ended.abort();
    await next();
  });
});
