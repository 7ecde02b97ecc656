import { RequestClass } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { decodeFrame, failureFrame, progressFrame, type IncomingRequest } from '@medserve/rpc';
import { hashText, OUTLIER_RULES, RetryBudget } from '@medserve/serving';
import { catalogueEntry } from '@medserve/testkit';
import { Pool } from './pool';
import type { Replica } from './replica';
import { risingProgress } from './rising-progress';
import type { RouterObserver } from './settings';
import { signpost } from './testing/harness';
import { Traffic } from './traffic';

type Exchange = (id: string, onProgress: (frame: Buffer) => void) => Buffer | Promise<Buffer>;

const NO_PLACE = new ServingError('overloaded', 'All places are taken.', {
  limit: 'requests waiting for one model: 8',
});
const TOO_LATE = new ServingError('overloaded', 'The request cannot be answered before its deadline.');
const ENTRY = catalogueEntry('m', { state: 'ready' });
const refuseWith =
  (error: ServingError): Exchange =>
  (id) =>
    failureFrame(id, error).toBuffer();

/** A replica whose host answers at once. */
function fakeReplica(pod: string, answer: Exchange, more: Partial<Replica> = {}) {
  const learned: boolean[] = [];
  const sent: string[] = [];
  const settle: { open: () => void; fail: (error: Error) => void } = { open: () => undefined, fail: () => undefined };
  const exchange = (id: string, _bytes: Buffer, { onProgress }: { onProgress: (frame: Buffer) => void }) => {
    sent.push(id);
    return Promise.resolve(answer(id, onProgress));
  };
  const state = {
    pod,
    podHash: hashText(pod),
    reachable: true,
    digest: ENTRY.digest,
    state: 'ready',
    link: 'up',
    limit: 4,
    capacity: 1,
    ejectedUntilMs: 0,
    latencyMs: 5,
    expectedLoadMs: 0,
    openingSinceMs: undefined,
    host: { stream: { exchange }, inFlight: 0 },
    openings: 0,
    get inFlight() {
      return state.host.inFlight;
    },
    becameReady: () => false,
    open: () => {
      state.openings += 1;
      state.link = 'opening';
      return new Promise<void>((resolve, reject) => {
        settle.open = () => {
          state.link = 'up';
          resolve();
        };
        settle.fail = (error) => {
          state.link = 'none';
          reject(error);
        };
      });
    },
    drop: (host: unknown) => {
      if (host === state.host) state.link = 'none';
    },
    learn: (_latencyMs: number, refused: boolean) => learned.push(refused),
    observe: () => false,
  };
  Object.assign(state, more);
  return { replica: state as unknown as Replica, state, learned, sent, settle };
}

function poolOf(replicas: readonly { replica: Replica }[], maxQueue = 10, observer: Partial<RouterObserver> = {}) {
  const retries = new RetryBudget();
  const first = jest.spyOn(retries, 'first');
  const traffic = new Traffic(observer);
  const pool = new Pool(ENTRY, { maxQueue, outliers: OUTLIER_RULES, retries, traffic, random: () => 0 });
  pool.update(
    ENTRY,
    replicas.map(({ replica }) => replica),
  );
  const phases: string[] = [];
  const percents: number[] = [];
  const ask = (affinityKey = '') => {
    const routing = { requestClass: RequestClass.ROUTINE, tenant: 't', affinityKey, wantsProgress: true };
    const request = {
      id: affinityKey || 'r',
      routing,
      bytes: Buffer.alloc(0),
      deadlineAtMs: performance.now() + 60_000,
      signal: new AbortController().signal,
      progress: (phase: string, percent: number) => {
        phases.push(phase);
        percents.push(percent);
      },
      forward: (frame: Buffer) => {
        const { body } = decodeFrame(frame);
        if (body?.$case === 'progress') percents.push(body.value.percent);
      },
    };
    return pool.serve(risingProgress(request as unknown as IncomingRequest));
  };
  return { pool, ask, first, phases, percents };
}

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
