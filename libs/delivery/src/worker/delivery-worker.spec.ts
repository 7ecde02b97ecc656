import type { Destination } from '../destination';
import type { Parcel } from '../parcel';
import type { Sent } from '../sent';
import { aParcel } from '../testing/a-parcel';
import { MemoryDeliveryStore } from '../testing/memory-store';
import { settingsOf } from '../testing/settings';
import { DeliveryWorker } from './delivery-worker';
import type { DeliveryOutcome, Parcels } from './ports';

/** A destination whose answers the test gives, and that says how many it is asked for at once. */
class Answering implements Destination {
  calls = 0;
  active = 0;
  most = 0;

  constructor(private readonly answer: (call: number, signal: AbortSignal) => Sent | Promise<Sent>) {}

  async send(_parcel: unknown, signal: AbortSignal): Promise<Sent> {
    this.calls += 1;
    this.active += 1;
    this.most = Math.max(this.most, this.active);
    const sent = await this.answer(this.calls, signal);
    this.active -= 1;
    return sent;
  }
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};
const never = new Promise<Sent>(() => undefined);

describe('the worker that delivers', () => {
  let nowMs = 1_000;
  let store: MemoryDeliveryStore;
  let told: string[] = [];
  let worker: DeliveryWorker | undefined;

  beforeEach(() => {
    nowMs = 1_000;
    store = new MemoryDeliveryStore(() => nowMs);
    told = [];
  });
  afterEach(() => worker?.close());

  const start = (
    destinations: Readonly<Record<string, Destination>>,
    more: object = {},
    parcels: Parcels = { of: () => aParcel() },
  ): DeliveryWorker => {
    worker = new DeliveryWorker({
      destinations: Object.entries(destinations).map(([name, destination]) => ({
        settings: settingsOf('dicom', { name, retry: { baseMs: 1_000, maxAttempts: 3 }, ...more }),
        destination,
      })),
      store,
      parcels,
      observer: {
        settled: (destination: string, outcome: DeliveryOutcome, reason?: string) => {
          told.push([destination, outcome, reason].filter(Boolean).join(' '));
        },
        oldest: () => undefined,
        stranded: (count) => {
          told.push(`${String(count)} stranded`);
        },
        failed: () => undefined,
      },
      now: () => nowMs,
      random: () => 0.5,
      pollMs: 1,
      sharedSlots: 4,
      drainMs: 10,
    }).start();
    return worker;
  };

  it('delivers what is in the queue', async () => {
    const rows = ['pacs', 'pacs', 'pacs'].map((name) => store.add(name));
    start({ pacs: new Answering(() => ({ kind: 'delivered' })) });
    await until(() => rows.every(({ state }) => state === 'delivered'));
    expect(told).toEqual(['pacs delivered', 'pacs delivered', 'pacs delivered']);
  });

  it('never lets one that hangs hold up another', async () => {
    store.add('hangs');
    const row = store.add('works');
    start({ hangs: new Answering(() => never), works: new Answering(() => ({ kind: 'delivered' })) });
    await until(() => row.state === 'delivered');
  });

  it('asks a destination that is down once for all that wait, and then again when it has rested', async () => {
    for (let count = 0; count < 20; count += 1) store.add('down');
    const down = new Answering((call) =>
      call === 1 ? { kind: 'retry', reason: 'unreachable' } : { kind: 'delivered' },
    );
    start({ down }, { concurrency: 1 });
    await until(() => told.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(down.calls).toBe(1);
    nowMs += 1_000;
    worker?.wake();
    await until(() => store.rows.every(({ state }) => state === 'delivered'));
    expect(store.rows.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(21);
    expect(store.rows.every(({ answered }) => answered === 0)).toBe(true);
  });

  it('tries again what may go through later, and gives up after the last attempt', async () => {
    const row = store.add('pacs');
    start({ pacs: new Answering(() => ({ kind: 'retry', reason: 'receiver_failed', status: '0110' })) });
    for (const count of [1, 2]) {
      await until(() => told.length === count);
      nowMs += 10_000;
      worker?.wake();
    }
    await until(() => row.state === 'dead');
    expect(told).toEqual(['pacs retry receiver_failed', 'pacs retry receiver_failed', 'pacs dead receiver_failed']);
    expect(row.failure).toMatchObject({ reason: 'receiver_failed', status: '0110' });
  });

  /** Lets time pass until the delivery is due, and its attempt is over. */
  const attempt = async (row: { readonly nextAtMs: number }): Promise<void> => {
    const before = told.length;
    nowMs = Math.max(nowMs, row.nextAtMs) + 30_000;
    worker?.wake();
    await until(() => told.length > before);
  };

  it('gives up by age alone on what it could not read itself', async () => {
    const row = store.add('pacs');
    const away = (): Promise<never> => Promise.reject(new Error('EIO'));
    const pacs = { send: async (parcel: Parcel) => parcel.objects().then((): Sent => ({ kind: 'delivered' })) };
    start({ pacs }, { retry: { maxAttempts: 3, maxAgeHours: 1 } }, { of: () => ({ ...aParcel(), objects: away }) });
    await until(() => told.length === 1);
    while (nowMs < 3_000_000) await attempt(row);
    expect(row).toMatchObject({ state: 'waiting', answered: 0 });
    expect(row.attempts).toBeGreaterThan(3);
    while (row.state === 'waiting') await attempt(row);
    expect(nowMs).toBeGreaterThan(3_000_000);
    expect(row.failure).toMatchObject({ reason: 'content_unavailable', isAnswer: false });
  });

  it('takes what it could not read for no answer of a destination that is down', async () => {
    store.add('pacs');
    const down = new Answering(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { kind: 'retry', reason: 'unreachable' };
    });
    let isAway = false;
    const of = (): Parcel => {
      if (isAway) throw new Error('EIO');
      return aParcel();
    };
    start({ pacs: down }, { concurrency: 3 }, { of });
    await until(() => told.length === 1);
    for (let count = 0; count < 3; count += 1) store.add('pacs');
    isAway = true;
    nowMs += 10_000;
    worker?.wake();
    await until(() => told.length === 5);
    isAway = false;
    nowMs += 100_000;
    worker?.wake();
    await until(() => told.length === 6);
    expect(down.most).toBe(1);
  });

  it('gives up by age on what nobody ever answers, and not before', async () => {
    const row = store.add('pacs');
    start(
      { pacs: new Answering(() => ({ kind: 'retry', reason: 'timeout' })) },
      { retry: { maxAttempts: 1, maxAgeHours: 1 } },
    );
    await until(() => told.length === 1);
    while (row.state === 'waiting') await attempt(row);
    expect(nowMs).toBeGreaterThan(3_500_000);
    expect(row.attempts).toBeGreaterThan(50);
  });

  it.each(['timeout', 'aborted'] as const)(
    'gives up after the last attempt on the one that ends with %s while all others arrive',
    async (reason) => {
      const poison = store.add('pacs');
      const pacs = {
        send: (parcel: Parcel) =>
          Promise.resolve<Sent>(parcel.id === poison.id ? { kind: 'retry', reason } : { kind: 'delivered' }),
      };
      start({ pacs }, {}, { of: ({ id }) => ({ ...aParcel(), id }) });
      await until(() => told.length === 1);
      for (let others = 0; others < 3; others += 1) {
        const other = store.add('pacs');
        // Once its destination has rested.
        nowMs += 1_000;
        worker?.wake();
        await until(() => other.state === 'delivered' && poison.state !== 'sending');
        if (poison.answered === others) await attempt(poison);
      }
      expect(poison).toMatchObject({ state: 'dead', answered: 3 });
    },
  );

  it('gives up at once on what was refused for good', async () => {
    const row = store.add('pacs');
    start({ pacs: new Answering(() => ({ kind: 'refused', reason: 'association_rejected' })) });
    await until(() => row.state === 'dead');
    expect(row.attempts).toBe(1);
  });

  it('remembers what arrived of a parcel over all attempts', async () => {
    const row = store.add('pacs');
    start({
      pacs: new Answering((call) => ({
        kind: call === 3 ? 'refused' : 'retry',
        reason: 'aborted',
        arrived: [String(call)],
      })),
    });
    for (const count of [1, 2]) {
      await until(() => told.length === count);
      nowMs += 10_000;
      worker?.wake();
    }
    await until(() => row.state === 'dead');
    expect(row.failure?.arrived).toEqual(['1', '2', '3']);
  });

  it('has no more under way to one destination than it may', async () => {
    for (let count = 0; count < 12; count += 1) store.add('pacs');
    const slow = new Answering(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { kind: 'delivered' };
    });
    start({ pacs: slow }, { concurrency: 3 });
    await until(() => store.rows.every(({ state }) => state === 'delivered'));
    expect(slow.most).toBe(3);
  });

  it('gives back at its end what is still under way, as if it had not been tried', async () => {
    const row = store.add('pacs');
    const hanging = new Answering(
      (_call, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve({ kind: 'retry', reason: 'timeout' });
          });
        }),
    );
    const closing = start({ pacs: hanging });
    await until(() => hanging.calls === 1);
    await closing.close();
    expect(row).toMatchObject({ state: 'waiting', attempts: 0 });
  });

  it('leaves alone what another sender has claimed in the meantime', async () => {
    const row = store.add('pacs');
    let answer: (sent: Sent) => void = () => undefined;
    const held = new Answering(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    start({ pacs: held });
    await until(() => held.calls === 1);
    row.lease = 'of another';
    answer({ kind: 'delivered' });
    await until(() => held.active === 0);
    await worker?.close();
    expect([row.state, told]).toEqual(['sending', []]);
  });

  it('gives up what is for a destination that it does not know', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    try {
      const row = store.add('gone');
      start({ pacs: new Answering(() => ({ kind: 'delivered' })) });
      await jest.advanceTimersByTimeAsync(60_000);
      expect(row.state).toBe('dead');
      expect(told).toEqual(['1 stranded']);
      const closed = worker?.close();
      await jest.advanceTimersByTimeAsync(1_000);
      await closed;
      worker = undefined;
    } finally {
      jest.useRealTimers();
    }
  });
});
