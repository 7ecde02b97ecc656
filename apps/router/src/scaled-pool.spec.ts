import type { WatchDemandResponse } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import type { FrameHandler, RouterClient } from '@medserve/rpc';
import { catalogueEntry, startFakePod, type FakePodOptions } from '@medserve/testkit';
import { AddressFile } from './testing/address-file';
import { describedPool } from './testing/described-pool';
import { echo, GatedHost, Harness, signpost, wire } from './testing/harness';

const COLD = catalogueEntry('m');
const READY = catalogueEntry('m', { state: 'ready' });

describe('a pool whose replicas come and go', () => {
  const harness = new Harness();
  afterEach(() => harness.end());
  const pod = async (handle: FrameHandler = echo, more: Partial<FakePodOptions> = {}) =>
    harness.add(await startFakePod({ models: [COLD], handle, ...more }));

  /** A router over one pool without pods, of which a file says what it serves. */
  async function empty(more: Partial<Parameters<typeof describedPool>[0]> = {}) {
    const file = harness.add(await AddressFile.create());
    const client = await harness.route([], {
      pools: [describedPool({ pods: [file.source], catalogue: [READY], ...more })],
    });
    return { file, client };
  }

  /** The first message about demand that is as wanted. */
  const demand = (client: RouterClient, accept: (pool: WatchDemandResponse['pools'][number]) => boolean) =>
    new Promise<WatchDemandResponse['pools'][number]>((resolve) => {
      const stop = client.watchDemand((told) => {
        const pool = told?.pools.find(accept);
        if (!pool) return;
        stop();
        resolve(pool);
      });
    });

  it('is listed as cold by what a file says of it, and is all there is', async () => {
    const { client } = await empty();
    const models = await harness.heard(client, (_, { complete }) => complete);
    expect(models).toMatchObject([{ name: 'm', version: '1', state: 'cold' }]);
    await expect(harness.ask(client, { model: { name: 'other' } })).rejects.toMatchObject({
      reason: 'model_not_found',
    });
  });

  it('answers every request that waited for its first replica', async () => {
    const { file, client } = await empty({ waiting: { requests: 100 } });
    const phases = new Set<string>();
    const asked = Array.from({ length: 40 }, () =>
      harness.ask(client, { deadlineMs: 60_000 }, { onProgress: (phase) => phases.add(phase) }),
    );
    await demand(client, ({ queuedSlots }) => queuedSlots === 40);
    await file.write([(await pod()).address]);
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ tensors: [wire] });
    expect([...phases]).toEqual(['loading']);
  });

  it('loses nothing while its replicas come, drain and go: 0, 2, 1, 0, 1', async () => {
    const { file, client } = await empty({ waiting: { requests: 200 } });
    const held = new GatedHost();
    const [first, second, third] = [await pod(held.handle), await pod(), await pod()];
    const asked = [harness.ask(client, { id: 'held', deadlineMs: 60_000 })];
    await file.write([first.address]);
    await held.until(({ arrived }) => arrived.length === 1);
    await file.write([first.address, second.address]);
    await demand(client, ({ readyReplicas }) => readyReplicas === 2);
    // The one that holds a request takes no other, and is gone from the list while that request runs.
    first.drain();
    await demand(client, ({ readyReplicas }) => readyReplicas === 1);
    for (let count = 0; count < 20; count += 1) asked.push(harness.ask(client, { deadlineMs: 60_000 }));
    await Promise.all(asked.slice(1));
    expect(held.arrived).toEqual(['held']);
    await file.write([second.address]);
    second.drain();
    await demand(client, ({ readyReplicas, startingReplicas }) => readyReplicas + startingReplicas === 0);
    for (let count = 0; count < 20; count += 1) asked.push(harness.ask(client, { deadlineMs: 60_000 }));
    await demand(client, ({ queuedSlots }) => queuedSlots === 20);
    await file.write([]);
    await second.close();
    await file.write([third.address]);
    await Promise.all(asked.slice(1));
    held.release();
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ tensors: [wire] });
    expect(held.left).toEqual([]);
  });

  it('remembers what its last pod had', async () => {
    const file = harness.add(await AddressFile.create());
    const client = await harness.route([], { pools: [describedPool({ pods: [file.source] })] }, 0);
    const fake = await pod(echo, { models: [READY] });
    await file.write([fake.address]);
    await harness.heard(client, ([entry]) => entry?.state === 'ready');
    await file.write([]);
    await harness.heard(client, ([entry], { complete }) => entry?.state === 'cold' && complete);
    const asked = harness.ask(client, { deadlineMs: 60_000 });
    await demand(client, ({ queuedSlots }) => queuedSlots === 1);
    await file.write([fake.address]);
    await expect(asked).resolves.toMatchObject({ tensors: [wire] });
  });

  it('is waited for no longer than it says, and tells when to come back as learned from the last cold start', async () => {
    const { file, client } = await empty({ waiting: { seconds: 1 } });
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'model_loading', retryAfterMs: 2_000 });
    const asked = harness.ask(client, { deadlineMs: 60_000 });
    const fake = await pod(echo, { models: [READY] });
    await file.write([fake.address]);
    await asked;
    await file.write([]);
    const [entry] = await harness.heard(client, ([one]) => one?.state === 'cold');
    expect(entry?.expectedLoadMs).toBeGreaterThan(0);
    const expectedMs: number[] = [];
    const refused = harness.ask(client, {}, { onProgress: (_, __, ms) => expectedMs.push(ms) });
    await expect(refused).rejects.toMatchObject({ reason: 'model_loading' });
    expect(expectedMs[0]).toBeGreaterThan(0);
  });

  it('has a room of limited size', async () => {
    const { client } = await empty({ waiting: { requests: 2 } });
    const waiting = [1, 2].map(() => harness.ask(client, { deadlineMs: 60_000 }).catch(() => undefined));
    await demand(client, ({ queuedSlots }) => queuedSlots === 2);
    await expect(harness.ask(client)).rejects.toMatchObject({
      reason: 'model_loading',
      limit: 'requests that wait for the model: 2',
    });
    await harness.end();
    await Promise.all(waiting);
  });

  it('is asked for by who wakes it, and loads the model when it is there', async () => {
    const { file, client } = await empty();
    const isAsked = demand(client, ({ active, queuedSlots }) => active && queuedSlots === 1);
    await client.wake({ name: 'm' });
    await isAsked;
    const ensured = signpost<string>();
    const fake = await pod(echo, {
      onEnsure: (name) => {
        ensured.reach(name);
      },
    });
    await file.write([fake.address]);
    expect(await ensured.reached).toBe('m');
  });

  it('keeps those who wait when a replica is lost before it serves', async () => {
    const { file, client } = await empty();
    const asked = harness.ask(client, { deadlineMs: 60_000 });
    const lost = await pod(echo, {
      onEnsure: () => {
        throw new ServingError('unavailable', 'It is gone.');
      },
    });
    await file.write([lost.address]);
    await demand(client, ({ readyReplicas }) => readyReplicas === 1);
    await file.write([lost.address, (await pod()).address]);
    await expect(asked).resolves.toMatchObject({ tensors: [wire] });
  });

  it('serves who waited with the version that its new pods have, unless it named another', async () => {
    const outcomes: string[] = [];
    const file = harness.add(await AddressFile.create());
    const client = await harness.route([], {
      pools: [describedPool({ pods: [file.source], catalogue: [READY] })],
      observer: { onPoolEnded: (_, __, outcome) => outcomes.push(outcome) },
    });
    const any = harness.ask(client, { deadlineMs: 60_000 });
    const named = harness.ask(client, { deadlineMs: 60_000, model: { name: 'm', version: '1' } });
    const refused = expect(named).rejects.toMatchObject({ reason: 'model_not_found' });
    await demand(client, ({ queuedSlots }) => queuedSlots === 2);
    await file.write([(await pod(echo, { models: [catalogueEntry('m', { version: '2' })] })).address]);
    await expect(any).resolves.toMatchObject({ tensors: [wire] });
    await refused;
    // Each has ended once.
    expect(outcomes.sort()).toEqual(['answered', 'invalid']);
  });

  it('takes orders for its models while it has no pods, and hands them on', async () => {
    const { file, client } = await empty();
    const options = { deadlineMs: 5_000 };
    await client.unload('m', options);
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'model_unloaded' });
    const heard: string[] = [];
    const fake = await pod(echo, {
      models: [READY],
      onOrder: ({ kind, name }) => {
        heard.push(`${kind} ${name}`);
      },
    });
    await file.write([fake.address]);
    await demand(client, ({ readyReplicas }) => readyReplicas === 1);
    expect(heard).toEqual(['unload m']);
    await file.write([]);
    await client.load({ name: 'm' }, options);
    await harness.heard(client, ([entry]) => entry?.state === 'cold');
  });
});

describe('a model that no described pool names', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it('is a pool of its own, called by its name and version', async () => {
    const held = new GatedHost();
    const fake = harness.add(await startFakePod({ models: [READY], handle: held.handle }));
    const client = await harness.route([fake]);
    const asked = harness.ask(client, { costUnits: 32 });
    await held.until(({ arrived }) => arrived.length === 1);
    const told = await new Promise<WatchDemandResponse>((resolve) => {
      const stop = client.watchDemand((message) => {
        if (!message) return;
        stop();
        resolve(message);
      });
    });
    expect(told.router).not.toBe('');
    expect(told.pools).toMatchObject([
      { pool: 'm:1', runningSlots: 2, queuedSlots: 0, active: true, readyReplicas: 1 },
    ]);
    held.release();
    await asked;
  });
});

describe('a pod that ends', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it('is the only one: requests wait for the one that comes in its place, and are not told that there is no model', async () => {
    const fake = harness.add(await startFakePod({ models: [READY], handle: echo }));
    const client = await harness.route([fake]);
    await harness.ask(client);
    fake.drain();
    await harness.heard(client, ([entry]) => entry?.state === 'cold');
    const asked = harness.ask(client, { deadlineMs: 60_000 });
    await fake.close();
    const port = Number(fake.address.split(':')[1]);
    harness.add(await startFakePod({ models: [READY], handle: echo, port }));
    await expect(asked).resolves.toMatchObject({ tensors: [wire] });
  });
});
