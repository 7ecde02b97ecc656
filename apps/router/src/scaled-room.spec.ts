import { ServingError } from '@medserve/errors';
import { failureFrame } from '@medserve/rpc';
import { catalogueEntry } from '@medserve/testkit';
import { fakeReplica, poolOf, refuseWith } from './testing/fake-replica';

const READY = catalogueEntry('m', { state: 'ready' });
const ANSWER = failureFrame('r', new ServingError('invalid_request', 'It is wrong.')).toBuffer();
const GONE = new ServingError('unavailable', 'It is gone.');

describe('a pool that replicas are expected for', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const expecting = (replicas: Parameters<typeof poolOf>[0] = []) => poolOf(replicas, 10, {}, READY, true);
  const cold = () => fakeReplica('a:1', () => ANSWER, { link: 'none', state: 'cold' });

  it('keeps who waits until its time is over, from when the first replica is missed', async () => {
    const { ask, pool } = expecting();
    const refused = expect(ask()).rejects.toMatchObject({ reason: 'model_loading' });
    await jest.advanceTimersByTimeAsync(59_999);
    expect(pool.waiting.size).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    await refused;
    expect(pool.scaling.isIdle).toBe(true);
  });

  it('bounds also the time of who waited for a place when the last replica went', async () => {
    const { ask, pool, scaling } = expecting([fakeReplica('a:1', () => ANSWER, { limit: 0 })]);
    const refused = expect(ask()).rejects.toMatchObject({ reason: 'model_loading' });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(pool.waiting.size).toBe(1);
    pool.update(READY, [], scaling, true);
    await jest.advanceTimersByTimeAsync(60_000);
    await refused;
  });

  it('takes the time away once a replica serves', async () => {
    const busy = fakeReplica('a:1', () => ANSWER, { limit: 0 });
    const { ask, pool, scaling } = expecting();
    const asked = ask();
    await jest.advanceTimersByTimeAsync(30_000);
    pool.update(READY, [busy.replica], scaling, true);
    await jest.advanceTimersByTimeAsync(3_600_000);
    busy.state.limit = 1;
    pool.waiting.pump();
    await expect(asked).resolves.toBeDefined();
  });

  it('tries again a replica that could not be reached, when its backing off is over', async () => {
    const replica = cold();
    const { ask, pool } = expecting([replica]);
    const asked = ask();
    for (const opening of [1, 2]) {
      expect(replica.state.openings).toBe(opening);
      Object.assign(replica.state, { ejectedUntilMs: performance.now() + 500 });
      replica.settle.fail(GONE);
      await jest.advanceTimersByTimeAsync(0);
    }
    expect([replica.state.openings, pool.waiting.size]).toEqual([2, 1]);
    await jest.advanceTimersByTimeAsync(501);
    expect(replica.state.openings).toBe(3);
    replica.settle.open();
    await expect(asked).resolves.toBeDefined();
  });

  it('gives up at once where a pod says what is wrong with the model', async () => {
    const replica = cold();
    const { ask } = expecting([replica]);
    const refused = expect(ask()).rejects.toMatchObject({ reason: 'model_broken' });
    replica.settle.fail(new ServingError('model_broken', 'It cannot be read.'));
    await refused;
  });

  it('moves what an ending replica gives back, beyond the budget for retries', async () => {
    const next = fakeReplica('b:1', () => ANSWER);
    const ending = fakeReplica('a:1', (id) => {
      Object.assign(ending.state, { reachable: false });
      return refuseWith(GONE)(id, () => undefined);
    });
    const { ask } = poolOf([ending, next], 10, {}, READY, true);
    for (let count = 0; count < 20; count += 1) {
      Object.assign(ending.state, { reachable: true, link: 'up', latencyMs: 1 });
      await expect(ask()).resolves.toBeDefined();
    }
    expect(ending.sent.length).toBeGreaterThan(10);
    expect(next.sent).toHaveLength(20);
  });

  it('counts each request once, whatever becomes of it', async () => {
    const { ask, pool, scaling } = expecting();
    const [first, second] = [ask('1'), ask('2')];
    expect(scaling.demand(performance.now())).toMatchObject({ queuedSlots: 2, runningSlots: 0 });
    const replica = fakeReplica('a:1', () => ANSWER, { limit: 1 });
    pool.update(READY, [replica.replica], scaling, true);
    await Promise.all([first, second]);
    expect(scaling.demand(performance.now())).toMatchObject({ queuedSlots: 0, runningSlots: 0 });
    expect(scaling.isIdle).toBe(true);
  });

  it('counts a request that was given back as one that waits', async () => {
    const ending = fakeReplica('a:1', (id) => {
      Object.assign(ending.state, { reachable: false });
      return refuseWith(GONE)(id, () => undefined);
    });
    const { ask, pool, scaling } = expecting([ending]);
    const asked = ask();
    expect(scaling.demand(performance.now())).toMatchObject({ queuedSlots: 0, runningSlots: 1 });
    await jest.advanceTimersByTimeAsync(0);
    expect(scaling.demand(performance.now())).toMatchObject({ queuedSlots: 1, runningSlots: 0 });
    pool.update(READY, [fakeReplica('b:1', () => ANSWER).replica], scaling, true);
    await expect(asked).resolves.toBeDefined();
  });

  it('refuses at once who cannot wait that long, and is asked for a replica all the same', async () => {
    const { ask, scaling } = expecting();
    scaling.coldStarts.begin(performance.now(), true);
    jest.advanceTimersByTime(2 * 86_400_000);
    scaling.coldStarts.end(performance.now());
    await expect(ask('', false, false)).rejects.toMatchObject({ reason: 'model_loading', retryAfterMs: 60_000 });
    expect(scaling.demand(performance.now())).toMatchObject({ queuedSlots: 1, active: true });
    scaling.close();
  });
});
