import { resolve } from 'node:path';
import { movable } from './serve-calls';
import { ThreadPool, type Parcel, type ThreadPoolOptions } from './thread-pool';

const UNRULY = resolve(__dirname, '../testing/unruly-thread.cjs');

interface Call {
  readonly act: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const pools: ThreadPool<Call, Uint8Array>[] = [];
function open(options: Partial<ThreadPoolOptions> = {}): ThreadPool<Call, Uint8Array> {
  const pool = new ThreadPool<Call, Uint8Array>({
    workers: 1,
    queueLimit: 4,
    queueWords: { name: 'queue', unit: 'images' },
    timeoutMs: 20_000,
    heapMib: 32,
    workerFile: UNRULY,
    ...options,
  });
  pools.push(pool);
  return pool;
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

const call = (act: string) => (): Promise<Parcel<Call>> => {
  const bytes = movable(new Uint8Array([1, 2, 3]));
  return Promise.resolve({ call: { act, bytes }, transfer: [bytes.buffer] });
};

describe('calls on threads', () => {
  it('bring back what the thread answers, and what it refuses with', async () => {
    const pool = open();
    expect([...(await pool.run(call('fine')))]).toEqual([1, 2, 3]);
    await expect(pool.run(call('refuse'))).rejects.toMatchObject({ reason: 'not_found', message: 'Nothing there.' });
  });

  it('that never end are given up after their time, and the next one is served', async () => {
    const pool = open({ timeoutMs: 1_000 });
    await expect(pool.run(call('loop'))).rejects.toMatchObject({ reason: 'unreadable_image' });
    expect([...(await pool.run(call('fine')))]).toEqual([1, 2, 3]);
  });

  it.each(['crash', 'exit', 'hoard'])('that end their thread (%s) do not hold up the next one', async (act) => {
    const pool = open();
    const [first, second] = await Promise.allSettled([pool.run(call(act)), pool.run(call('fine'))]);
    expect(first).toMatchObject({ status: 'rejected', reason: { reason: 'unreadable_image' } });
    expect(second.status).toBe('fulfilled');
  });

  it('are refused when the queue is full, and at the end', async () => {
    const pool = open({ queueLimit: 1 });
    const taken = Promise.allSettled([pool.run(call('wait')), pool.run(call('wait'))]);
    await expect(pool.run(call('fine'))).rejects.toMatchObject({ reason: 'overloaded', limit: 'queue: 1 images' });
    await pool.close();
    const closed = { status: 'rejected', reason: { reason: 'unavailable' } };
    expect(await taken).toMatchObject([closed, closed]);
    await expect(pool.run(call('fine'))).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('are cancelled, waiting or running', async () => {
    const pool = open();
    const caller = new AbortController();
    const running = pool.run(call('wait'), caller.signal);
    const waiting = pool.run(call('wait'), caller.signal);
    const next = pool.run(call('fine'));
    caller.abort();
    await expect(running).rejects.toMatchObject({ reason: 'cancelled' });
    await expect(waiting).rejects.toMatchObject({ reason: 'cancelled' });
    expect([...(await next)]).toEqual([1, 2, 3]);
  });

  it('are made when there is a thread for them, so that what waits holds no memory', async () => {
    const pool = open();
    const made: string[] = [];
    const noted = (name: string, act: string) => () => {
      made.push(name);
      return call(act)();
    };
    const caller = new AbortController();
    const first = pool.run(noted('first', 'wait'), caller.signal);
    const second = pool.run(noted('second', 'fine'));
    expect(made).toEqual(['first']);
    caller.abort();
    await expect(first).rejects.toMatchObject({ reason: 'cancelled' });
    await second;
    expect(made).toEqual(['first', 'second']);
  });

  it('fail by our fault where no thread can start', async () => {
    const pool = open({ workerFile: resolve(__dirname, 'no-such-worker.js') });
    await expect(pool.run(call('fine'))).rejects.toMatchObject({ reason: 'internal' });
  });
});
