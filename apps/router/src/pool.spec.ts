import { ServingError } from '@medserve/errors';
import { failureFrame, progressFrame } from '@medserve/rpc';
import { fakeReplica, NO_PLACE, poolOf, refuseWith, TOO_LATE, type Exchange } from './testing/fake-replica';
import { signpost } from './testing/harness';

describe('a request that a replica refused', () => {
  it('is sent to another one, wherever it belongs', async () => {
    const replicas = [fakeReplica('a:1', refuseWith(NO_PLACE)), fakeReplica('b:1', refuseWith(NO_PLACE))];
    const { ask } = poolOf(replicas);
    const keys = ['image-1', 'image-2', 'image-3', 'image-4'];
    for (const key of keys) await expect(ask(key)).rejects.toMatchObject({ reason: 'overloaded' });
    expect(replicas.map(({ sent }) => sent)).toEqual([keys, keys]);
  });

  it('ends with the refusal where no other one has a place', async () => {
    const one = fakeReplica('a:1', refuseWith(NO_PLACE));
    const other = fakeReplica('b:1', refuseWith(NO_PLACE), { link: 'none', state: 'cold' });
    const { ask } = poolOf([one, other]);
    await expect(ask()).rejects.toMatchObject({ reason: 'overloaded', limit: NO_PLACE.limit });
    expect([one.sent.length, other.sent.length]).toEqual([1, 0]);
  });

  it('lowers the limit of the replica only if that had no place for it', async () => {
    const late = fakeReplica('a:1', refuseWith(TOO_LATE));
    await expect(poolOf([late]).ask()).rejects.toMatchObject({ reason: 'overloaded' });
    const full = fakeReplica('a:1', refuseWith(NO_PLACE));
    await expect(poolOf([full]).ask()).rejects.toMatchObject({ reason: 'overloaded' });
    expect([late.learned, full.learned]).toEqual([[], [true]]);
  });

  it('and that waits anew hears of no smaller progress than before', async () => {
    let tries = 0;
    const leaving = fakeReplica('a:1', (id, onProgress) => {
      tries += 1;
      onProgress(progressFrame(id, 'queued', 20).toBuffer());
      const reason = tries === 1 ? 'unavailable' : 'invalid_request';
      return failureFrame(id, new ServingError(reason, 'It is.')).toBuffer();
    });
    const { ask, percents } = poolOf([leaving]);
    const asked = ask();
    await new Promise((resolve) => setImmediate(resolve));
    leaving.settle.open();
    await asked;
    expect(percents).toEqual([20, 20, 20]);
  });

  it('allows for no retries if it was never sent', async () => {
    const full = fakeReplica('a:1', refuseWith(NO_PLACE), { limit: 0 });
    const { ask, first } = poolOf([full], 0);
    await expect(ask()).rejects.toMatchObject({ reason: 'overloaded' });
    expect(first).not.toHaveBeenCalled();
  });
});

describe('the memory of a large request', () => {
  const LARGE_BYTES = 1 << 20;
  const wrong = refuseWith(new ServingError('invalid_request', 'It is wrong.'));

  it('is given back when it was sent once and answered', async () => {
    const bytes = Buffer.alloc(LARGE_BYTES);
    await poolOf([fakeReplica('a:1', wrong)]).ask('one', false, true, bytes);
    expect(bytes.byteLength).toBe(0);
  });

  it('is left alone when it was sent to another replica too, or answered by none', async () => {
    const bytes = [Buffer.alloc(LARGE_BYTES), Buffer.alloc(LARGE_BYTES)] as const;
    let tries = 0;
    const secondTime: Exchange = (id, onProgress) => {
      tries += 1;
      return (tries === 1 ? refuseWith(NO_PLACE) : wrong)(id, onProgress);
    };
    await poolOf([fakeReplica('a:1', secondTime), fakeReplica('b:1', secondTime)]).ask('one', false, true, bytes[0]);
    expect(tries).toBe(2);
    const never = poolOf([fakeReplica('a:1', refuseWith(NO_PLACE))]).ask('one', false, true, bytes[1]);
    await expect(never).rejects.toMatchObject({ reason: 'overloaded' });
    expect(bytes.map(({ byteLength }) => byteLength)).toEqual([LARGE_BYTES, LARGE_BYTES]);
  });
});

describe('a request whose host is gone before it is sent', () => {
  it('goes to the next one', async () => {
    const answer = signpost<Buffer>();
    const wrong = refuseWith(new ServingError('invalid_request', 'It is wrong.'));
    const [reloaded, next] = [fakeReplica('a:1', () => answer.reached, { limit: 1 }), fakeReplica('a:1', wrong)];
    const before = reloaded.state.host;
    // The place is given, and the request not on its way yet.
    const onQueue = (_name: string, count: number): void => {
      if (count === 0) reloaded.state.host = next.state.host;
    };
    const { ask } = poolOf([reloaded], 10, { onQueue });
    const asked = [ask('first'), ask('second')];
    answer.reach(await wrong('first', () => undefined));
    await Promise.all(asked);
    expect([reloaded.sent, next.sent]).toEqual([['first'], ['second']]);
    expect([before.inFlight, next.state.host.inFlight]).toEqual([0, 0]);
  });
});

describe('a pool whose replicas are opened', () => {
  it('opens the new host of a model while long runs end on the old one', () => {
    const reloaded = fakeReplica('a:1', refuseWith(NO_PLACE), { link: 'none', limit: 2 });
    reloaded.state.host.inFlight = 2;
    poolOf([reloaded]).pool.waiting.wake();
    expect(reloaded.state.openings).toBe(1);
  });

  it('lets nobody wait for a replica that has another package', async () => {
    const other = fakeReplica('a:1', refuseWith(NO_PLACE), { digest: 'sha256:other' });
    const cold = fakeReplica('b:1', refuseWith(NO_PLACE), { link: 'none', state: 'cold', openingSinceMs: 1 });
    const { ask, phases } = poolOf([other, cold]);
    const refused = expect(ask()).rejects.toMatchObject({ reason: 'model_broken' });
    expect(phases).toEqual(['loading']);
    cold.settle.fail(new ServingError('model_broken', 'It cannot be read.'));
    await refused;
  });

  it('is not idle before they are', () => {
    const cold = fakeReplica('a:1', refuseWith(NO_PLACE), { link: 'none', state: 'cold' });
    const { pool } = poolOf([cold]);
    expect(pool.isIdle).toBe(true);
    pool.waiting.wake();
    expect(pool.isIdle).toBe(false);
    cold.settle.open();
    expect(pool.isIdle).toBe(true);
  });
});
