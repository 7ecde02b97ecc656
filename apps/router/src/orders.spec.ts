import { ServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import { catalogueEntry, startFakePod, type FakeOrder, type FakePod } from '@medserve/testkit';
import { Orders } from './orders';
import { echo, Harness, signpost } from './testing/harness';

const DEADLINE = { deadlineMs: 5_000 };

describe('orders to load and to unload', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  /** A pod that does as it is told, and writes it down. */
  async function obedient(names: readonly string[], more: { port?: number; refuse?: ServingError } = {}) {
    const orders: FakeOrder[] = [];
    let models: CatalogueEntry[] = names.map((name) => catalogueEntry(name));
    const { refuse, port = 0 } = more;
    const pod: FakePod = harness.add(
      await startFakePod({
        models,
        handle: echo,
        port,
        onOrder: (order) => {
          orders.push(order);
          if (refuse) throw refuse;
          if (!names.includes(order.name)) throw new ServingError('model_not_found', 'There is no such model.');
          const state = order.kind === 'unload' ? 'unloaded' : 'ready';
          models = models.map((entry) => (entry.name === order.name ? { ...entry, state } : entry));
          pod.setModels(models);
        },
      }),
    );
    return { pod, orders };
  }
  const complete = (client: Parameters<Harness['heard']>[0]) => harness.heard(client, (_, status) => status.complete);

  it('reach every pod, and the catalogue shows them when they are done', async () => {
    const [one, two] = await Promise.all([obedient(['m']), obedient(['m'])]);
    const client = await harness.route([one.pod, two.pod]);
    await complete(client);
    await client.unload('m', DEADLINE);
    expect((await client.models()).map(({ state }) => state)).toEqual(['unloaded']);
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'model_unloaded' });
    await client.load(
      { name: 'm', configJson: '{"max_batch_size":4}', files: { '1/model.onnx': Buffer.of(1) } },
      DEADLINE,
    );
    await expect(harness.ask(client)).resolves.toMatchObject({ model: { name: 'm' } });
    const told = [
      { kind: 'unload', name: 'm' },
      { kind: 'load', name: 'm', configJson: '{"max_batch_size":4}', files: ['1/model.onnx'] },
    ];
    expect([one.orders, two.orders]).toEqual([told, told]);
  });

  it('do not fail for a pod that has not got the model, only for want of any that has', async () => {
    const [has, hasNot] = await Promise.all([obedient(['m']), obedient(['other'])]);
    const client = await harness.route([has.pod, hasNot.pod], {}, 2);
    await complete(client);
    await client.load({ name: 'm' }, DEADLINE);
    await client.unload('m', DEADLINE);
    expect(hasNot.orders).toEqual([{ kind: 'load', name: 'm', configJson: '', files: [] }]);
    await expect(client.load({ name: 'nope' }, DEADLINE)).rejects.toMatchObject({ reason: 'model_not_found' });
    await expect(client.unload('nope', DEADLINE)).rejects.toMatchObject({ reason: 'model_not_found' });
  });

  it('fail with what the first pod said that could not, and say that others did', async () => {
    const refuse = new ServingError('model_broken', 'The graph cannot be read.');
    const [good, bad] = await Promise.all([obedient(['m']), obedient(['m'], { refuse })]);
    const client = await harness.route([good.pod, bad.pod]);
    await complete(client);
    const failed = client.load({ name: 'm' }, DEADLINE);
    await expect(failed).rejects.toMatchObject({ reason: 'model_broken' });
    await expect(failed).rejects.toThrow('The graph cannot be read. Other pods took the order and keep to it.');
  });

  it('hold for pods that come later when one pod took them, although another refused', async () => {
    const refuse = new ServingError('overloaded', 'There is no room.');
    const [good, bad] = await Promise.all([obedient(['m']), obedient(['m'], { refuse })]);
    const client = await harness.route([good.pod, bad.pod]);
    await complete(client);
    await expect(client.unload('m', DEADLINE)).rejects.toMatchObject({ reason: 'overloaded' });
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'model_unloaded' });
    await expect(client.load({ name: 'm' }, DEADLINE)).rejects.toMatchObject({ reason: 'overloaded' });
    expect((await client.models()).map(({ state }) => state)).toEqual(['ready']);
  });

  it('are refused while no pod can be reached', async () => {
    const { pod } = await obedient(['m']);
    const client = await harness.route([pod]);
    await pod.close();
    await harness.heard(client, (models) => models.length === 0);
    await expect(client.unload('m', DEADLINE)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('are given to a pod that was away when they were given, before it serves the model again', async () => {
    const [stays, goes] = await Promise.all([obedient(['m', 'n']), obedient(['m', 'n'])]);
    const client = await harness.route([stays.pod, goes.pod], {}, 2);
    await complete(client);
    await goes.pod.close();
    await harness.heard(client, (_, status) => !status.complete);
    await client.unload('m', DEADLINE);
    await client.load({ name: 'n', configJson: '{}' }, DEADLINE);
    const port = Number(goes.pod.address.split(':')[1]);
    const back = await obedient(['m', 'n'], { port });
    const models = await harness.heard(client, (_, status) => status.complete);
    expect(back.orders).toEqual([
      { kind: 'unload', name: 'm' },
      { kind: 'load', name: 'n', configJson: '{}', files: [] },
    ]);
    expect(models.map(({ name, state }) => [name, state])).toEqual([
      ['m', 'unloaded'],
      ['n', 'ready'],
    ]);
  });

  it('for one model are given one after the other', async () => {
    const loaded = signpost();
    const arrived = signpost();
    const order: string[] = [];
    const pod = harness.add(
      await startFakePod({
        models: [catalogueEntry('m', { state: 'unloaded' })],
        handle: echo,
        onOrder: async ({ kind }) => {
          order.push(`${kind} begins`);
          arrived.reach();
          if (kind === 'load') {
            await loaded.reached;
            pod.setModels([catalogueEntry('m')]);
          } else pod.setModels([catalogueEntry('m', { state: 'unloaded' })]);
          order.push(`${kind} ends`);
        },
      }),
    );
    const client = await harness.route([pod]);
    const load = client.load({ name: 'm' }, DEADLINE);
    await arrived.reached;
    const unload = client.unload('m', DEADLINE);
    loaded.reach();
    await Promise.all([load, unload]);
    expect(order).toEqual(['load begins', 'load ends', 'unload begins', 'unload ends']);
  });
});

describe('Orders', () => {
  const entry = catalogueEntry('m');

  it('remembers the last order for a model', () => {
    const orders = new Orders();
    orders.remember({ kind: 'unload', name: 'm' });
    expect(orders.isUnloaded('m')).toBe(true);
    orders.remember({ kind: 'load', load: { name: 'm' } });
    expect(orders.isUnloaded('m')).toBe(false);
  });

  it('has nothing to tell a pod that is as was ordered', () => {
    const orders = new Orders();
    orders.remember({ kind: 'unload', name: 'm' });
    expect(orders.dueFor('m', [{ ...entry, state: 'unloaded' }])).toBeUndefined();
    orders.remember({ kind: 'load', load: { name: 'm' } });
    expect(orders.dueFor('m', [entry])).toBeUndefined();
    expect(orders.dueFor('m', [{ ...entry, state: 'unloaded' }])).toBeDefined();
  });

  it('has a plain load said again to a pod that may still keep to what was said before it', () => {
    const orders = new Orders();
    orders.remember({ kind: 'load', load: { name: 'm', configJson: '{"max_batch_size":1}' } });
    orders.remember({ kind: 'unload', name: 'm' });
    orders.remember({ kind: 'load', load: { name: 'm' } });
    orders.remember({ kind: 'load', load: { name: 'm' } });
    expect(orders.dueFor('m', [entry])).toEqual({ kind: 'load', load: { name: 'm' } });
  });

  it('forgets the oldest beyond its limits in number and in bytes', () => {
    const orders = new Orders({ orders: 2, bytes: 100 });
    for (const name of ['a', 'b', 'c']) orders.remember({ kind: 'unload', name });
    expect(['a', 'b', 'c'].map((name) => orders.isUnloaded(name))).toEqual([false, true, true]);
    const files = (bytes: number) => ({ '1/model.onnx': Buffer.alloc(bytes) });
    orders.remember({ kind: 'load', load: { name: 'd', files: files(60) } });
    orders.remember({ kind: 'load', load: { name: 'e', files: files(60) } });
    orders.remember({ kind: 'load', load: { name: 'f', files: files(101) } });
    expect(orders.namesFor([])).toEqual(['e']);
  });
});
