import type { WatchDemandResponse } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { RouterClient } from '@medserve/rpc';
import { silentLogger } from '@medserve/runtime';
import { catalogueEntry, startFakePod, type FakePod } from '@medserve/testkit';
import { startRouter } from './start-router';
import { AddressFile } from './testing/address-file';
import { describedPool } from './testing/described-pool';
import { echo, GatedHost, Harness, signpost, wire } from './testing/harness';

const READY = catalogueEntry('m', { state: 'ready', instances: 16 });
const LATER = { deadlineMs: 60_000 };

describe('pods that come and go', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  type Demand = WatchDemandResponse['pools'][number];
  /** The first message about the demand for a pool that is as wanted. */
  const demand = (client: RouterClient, name: string, accept: (pool: Demand) => boolean) =>
    new Promise<Demand>((resolve) => {
      const stop = client.watchDemand((told) => {
        const pool = told?.pools.find((one) => one.pool === name && accept(one));
        if (!pool) return;
        stop();
        resolve(pool);
      });
    });
  const idle = ({ queuedSlots, runningSlots }: Demand) => queuedSlots === 0 && runningSlots === 0;

  /** A pod whose host holds what it is sent, until it gives all of it back as one that ends does. */
  async function givingBack(): Promise<{
    pod: FakePod;
    isFull: (count: number) => Promise<void>;
    giveBack: () => void;
  }> {
    const back = signpost();
    const held = new GatedHost();
    const pod = harness.add(
      await startFakePod({
        models: [READY],
        handle: async (request) => {
          void held.handle(request);
          await back.reached;
          throw new ServingError('unavailable', 'The model is being unloaded.');
        },
      }),
    );
    const isFull = (count: number) => held.until(({ arrived }) => arrived.length === count);
    return { pod, isFull, giveBack: back.reach };
  }

  it('the only one gives back what it has not begun: all of it waits for the next one, and costs no retry', async () => {
    const file = harness.add(await AddressFile.create());
    const { pod, isFull, giveBack } = await givingBack();
    await file.write([pod.address]);
    let retries = 0;
    const client = await harness.route([], {
      pools: [describedPool({ pods: [file.source], waiting: { requests: 100 } })],
      observer: { onRetry: () => (retries += 1) },
    });
    const asked = Array.from({ length: 8 }, () => harness.ask(client, LATER));
    await isFull(8);
    pod.drain();
    await demand(client, 'pool', ({ readyReplicas }) => readyReplicas === 0);
    giveBack();
    await demand(client, 'pool', ({ queuedSlots, runningSlots }) => queuedSlots === 8 && runningSlots === 0);
    await file.write([]);
    await pod.close();
    await file.write([harness.add(await startFakePod({ models: [READY], handle: echo })).address]);
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ tensors: [wire] });
    await demand(client, 'pool', idle);
    expect(retries).toBe(0);
  });

  it('cycles of none, some and none lose no request, answer none twice and leave no demand behind', async () => {
    const file = harness.add(await AddressFile.create());
    const client = await harness.route([], {
      pools: [describedPool({ pods: [file.source], catalogue: [READY], waiting: { requests: 1_000 } })],
    });
    const answered = new Map<string, number>();
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const asked = Array.from({ length: 30 }, () => harness.ask(client, LATER));
      const { pod, isFull, giveBack } = await givingBack();
      await file.write([pod.address]);
      await isFull(8);
      pod.drain();
      await demand(client, 'pool', ({ readyReplicas }) => readyReplicas === 0);
      giveBack();
      const next = harness.add(
        await startFakePod({
          models: [READY],
          handle: (request) => {
            answered.set(request.id, (answered.get(request.id) ?? 0) + 1);
            return echo(request);
          },
        }),
      );
      await file.write([next.address]);
      for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ tensors: [wire] });
      await file.write([]);
      await demand(client, 'pool', (pool) => idle(pool) && pool.readyReplicas + pool.startingReplicas === 0);
      await Promise.all([pod.close(), next.close()]);
    }
    expect(answered.size).toBe(90);
    expect([...answered.values()].every((count) => count === 1)).toBe(true);
  });

  it('one that has a version no more is sent none of it and is none of its replicas, though another pod still has it', async () => {
    const [first, second] = [
      harness.add(await startFakePod({ models: [READY], handle: echo })),
      harness.add(await startFakePod({ models: [READY], handle: echo })),
    ];
    const client = await harness.route([first, second]);
    await demand(client, 'm:1', ({ readyReplicas }) => readyReplicas === 2);
    first.setModels([catalogueEntry('m', { version: '2', state: 'ready' })]);
    const { readyReplicas, startingReplicas } = await demand(client, 'm:1', ({ readyReplicas: ready }) => ready < 2);
    expect([readyReplicas, startingReplicas]).toEqual([1, 0]);
  });

  it('one of another version of the model hears of an order, though the pool of the one that is listed has no pod', async () => {
    const file = harness.add(await AddressFile.create());
    const heard: string[] = [];
    const pod = harness.add(
      await startFakePod({
        models: [READY],
        handle: echo,
        onOrder: ({ kind, name }) => {
          heard.push(`${kind} ${name}`);
        },
      }),
    );
    const client = await harness.route(
      [pod],
      {
        pools: [
          describedPool({
            models: ['m:2'],
            pods: [file.source],
            catalogue: [catalogueEntry('m', { version: '2' })],
          }),
        ],
      },
      2,
    );
    await client.load({ name: 'm', configJson: '{}' }, { deadlineMs: 5_000 });
    expect(heard).toEqual(['load m']);
  });

  it('of a second pool that serves what a first without pods is asked for: the first has no replica because of it', async () => {
    const [none, file] = [harness.add(await AddressFile.create()), harness.add(await AddressFile.create())];
    const coldStarts: string[] = [];
    const client = await harness.route([], {
      pools: [
        describedPool({ name: 'first', pods: [none.source], catalogue: [READY] }),
        describedPool({ name: 'second', pods: [file.source], catalogue: [READY] }),
      ],
      observer: { onColdStart: (pool) => coldStarts.push(pool) },
    });
    const asked = harness.ask(client, LATER);
    await demand(client, 'first', ({ queuedSlots }) => queuedSlots === 1);
    await file.write([harness.add(await startFakePod({ models: [READY], handle: echo })).address]);
    await asked;
    const { readyReplicas } = await demand(client, 'first', idle);
    expect([readyReplicas, coldStarts]).toEqual([0, []]);
  });
});

describe('a router that ends', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it('gives back who waits in it before it cuts anybody off: nobody has worked on that', async () => {
    const file = harness.add(await AddressFile.create());
    const router = await startRouter({
      listen: { host: '127.0.0.1', port: 0 },
      pods: [],
      pools: [describedPool({ pods: [file.source], catalogue: [READY] })],
      logger: silentLogger,
      graceMs: 400,
    });
    const client = harness.add(new RouterClient(router.address));
    const asked = harness.ask(client, LATER);
    const refused = expect(asked).rejects.toMatchObject({ reason: 'unavailable' });
    await new Promise<void>((resolve) => {
      const stop = client.watchDemand((told) => {
        if (told?.pools[0]?.queuedSlots !== 1) return;
        stop();
        resolve();
      });
    });
    await router.close();
    await refused;
  });

  it('has its gateways send what is new to the one in its place, while it still answers what it has', async () => {
    const held = new GatedHost();
    const pod = harness.add(await startFakePod({ models: [READY], handle: held.handle }));
    const start = (port: number) =>
      startRouter({ listen: { host: '127.0.0.1', port }, pods: [pod.address], logger: silentLogger });
    const first = await start(0);
    const client = harness.add(new RouterClient(first.address));
    await harness.heard(client, (models) => models.length === 1);
    const before = harness.ask(client, LATER);
    await held.until(({ arrived }) => arrived.length === 1);
    const closed = first.close();
    harness.add(await start(Number(first.address.split(':')[1])));
    const after = harness.ask(client, LATER);
    await held.until(({ arrived }) => arrived.length === 2);
    held.release();
    held.release();
    for (const answer of await Promise.all([before, after])) expect(answer).toMatchObject({ tensors: [wire] });
    await closed;
  });
});
