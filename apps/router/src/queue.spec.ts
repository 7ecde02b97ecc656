import type { ClassName } from '@medserve/rpc';
import { catalogueEntry, startFakePod } from '@medserve/testkit';
import type { RouterSettings, ShedReason } from './settings';
import { GatedHost, Harness } from './testing/harness';

describe('the router’s queue', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  /** A pod with one model that runs one request at a time: two places, the rest waits in the router. */
  async function busy(settings: Partial<RouterSettings> = {}) {
    const host = new GatedHost();
    const pod = harness.add(await startFakePod({ models: [catalogueEntry('m')], handle: host.handle }));
    const queued: Record<ClassName, number> = { stat: 0, urgent: 0, routine: 0, research: 0 };
    const shed: ShedReason[] = [];
    let waiting = 0;
    const watchers = new Set<() => void>();
    const client = await harness.route([pod], {
      ...settings,
      observer: {
        onQueue: (name, count) => {
          queued[name] = count;
          waiting = Object.values(queued).reduce((sum, each) => sum + each, 0);
          for (const watcher of [...watchers]) watcher();
        },
        onShed: (reason) => shed.push(reason),
      },
    });
    const until = (count: number) =>
      new Promise<void>((resolve) => {
        const watcher = (): void => {
          if (waiting === count) resolve();
        };
        watchers.add(watcher);
        watcher();
      });
    const ask = (id: string, change: Parameters<Harness['ask']>[1] = {}, options?: Parameters<Harness['ask']>[2]) =>
      harness.ask(client, { id, ...change }, options);
    // These two take the places; the model is loaded by then, and what comes later queues for a busy replica.
    const first = ask('first');
    await host.until(({ arrived }) => arrived.length === 1);
    const second = ask('second');
    await host.until(({ arrived }) => arrived.length === 2);
    return { host, client, queued, shed, until, ask, running: [first, second] };
  }

  it('lets a more urgent request overtake, however late it comes', async () => {
    const { host, ask, until, queued, running } = await busy();
    const answers = [ask('routine'), ask('research', { class: 'research' })];
    await until(2);
    answers.push(ask('stat', { class: 'stat' }));
    await until(3);
    expect(queued).toEqual({ stat: 1, urgent: 0, routine: 1, research: 1 });
    for (let count = 3; count <= 5; count += 1) {
      host.release();
      await host.until(({ arrived }) => arrived.length === count);
    }
    host.release();
    host.release();
    await Promise.all([...running, ...answers]);
    expect(host.arrived.slice(2)).toEqual(['stat', 'routine', 'research']);
  });

  it('takes the earliest deadline first within a class, and shares between tenants', async () => {
    const { host, ask, until, running } = await busy();
    const answers = [
      ask('a late', { tenant: 'a', deadlineMs: 60_000 }),
      ask('a soon', { tenant: 'a', deadlineMs: 20_000 }),
      ask('a later', { tenant: 'a', deadlineMs: 90_000 }),
    ];
    await until(3);
    answers.push(ask('b', { tenant: 'b', deadlineMs: 90_000 }));
    await until(4);
    for (let count = 3; count <= 6; count += 1) {
      host.release();
      await host.until(({ arrived }) => arrived.length === count);
    }
    host.release();
    host.release();
    await Promise.all([...running, ...answers]);
    const order = host.arrived.slice(2);
    expect(order.filter((id) => id.startsWith('a'))).toEqual(['a soon', 'a late', 'a later']);
    expect(order.indexOf('b')).toBeLessThan(2);
  });

  it('never sends a request whose deadline passed or whose caller left while it waited', async () => {
    const { host, ask, until, running } = await busy();
    const controller = new AbortController();
    const late = expect(ask('late', { deadlineMs: 40 })).rejects.toMatchObject({ reason: 'deadline_exceeded' });
    const left = expect(ask('left', {}, { signal: controller.signal })).rejects.toMatchObject({ reason: 'cancelled' });
    await late;
    await until(1);
    controller.abort();
    await left;
    await until(0);
    const last = ask('last');
    await until(1);
    host.release();
    await host.until(({ arrived }) => arrived.length === 3);
    host.release();
    host.release();
    await Promise.all([...running, last]);
    expect(host.arrived).toEqual(['first', 'second', 'last']);
  });

  it('gives the place of a caller that leaves to the next one, although its host is silent about it', async () => {
    const { host, client, ask, until, running } = await busy();
    const controller = new AbortController();
    host.release();
    await running[0];
    const leaving = ask('leaving', {}, { signal: controller.signal });
    await host.until(({ arrived }) => arrived.includes('leaving'));
    const next = harness.ask(client, { id: 'next' });
    await until(1);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ reason: 'cancelled' });
    await host.until(({ arrived }) => arrived.includes('next'));
    expect(host.left).toEqual(['leaving']);
    for (let count = 0; count < 3; count += 1) host.release();
    await Promise.all([running[1], next]);
  });

  it('refuses when it is full, with a limit, and gives a more urgent one the place of the least urgent', async () => {
    const { host, ask, until, shed, running } = await busy({ maxQueuePerModel: 1 });
    const research = expect(ask('research', { class: 'research' })).rejects.toMatchObject({
      reason: 'overloaded',
      limit: 'requests that wait for the model: 1',
    });
    await until(1);
    await expect(ask('more research', { class: 'research' })).rejects.toMatchObject({ reason: 'overloaded' });
    const stat = ask('stat', { class: 'stat' });
    await research;
    expect(shed).toEqual(['full', 'evicted']);
    host.release();
    await host.until(({ arrived }) => arrived.includes('stat'));
    host.release();
    host.release();
    await Promise.all([...running, stat]);
  });

  it('keeps within the places of the whole router in the same way', async () => {
    const { host, ask, until, running } = await busy({ maxInFlight: 3 });
    const research = expect(ask('research', { class: 'research' })).rejects.toMatchObject({ reason: 'overloaded' });
    await until(1);
    await expect(ask('more research', { class: 'research' })).rejects.toMatchObject({
      reason: 'overloaded',
      limit: 'requests in flight: 3',
    });
    const stat = ask('stat', { class: 'stat' });
    await research;
    host.release();
    await host.until(({ arrived }) => arrived.includes('stat'));
    host.release();
    host.release();
    await Promise.all([...running, stat]);
  });
});
