import { ServingError } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import { windowAt, type Quota } from '@medserve/serving';
import { FakeQuotaStore } from '../testing/fake-quota-store';
import { Quotas } from './quotas';
import type { Ticket } from './ticket';

const MINUTE_MS = 60_000;

const quota = (tenant: string, more: Partial<Quota> = {}): Quota => {
  const kind = more.kind ?? 'requests';
  return {
    tenant,
    client: '',
    kind,
    limit: 100,
    windowS: kind === 'concurrency' ? 0 : 60,
    exemptsStat: false,
    ...more,
  };
};

const by = (tenant: string, id = 'key'): Principal => ({ id, kind: 'key', tenant, scopes: new Set(['infer']) });

/** Mulberry32: a seed gives the same course of events again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function setUp(...quotas: Quota[]) {
  return setUpWith({ quotas, clientConcurrency: 1_000 });
}

function setUpWith({ quotas, clientConcurrency }: { quotas: Quota[]; clientConcurrency: number }) {
  const store = new FakeQuotaStore(quotas);
  const clock = { ms: 0 };
  const told: string[] = [];
  const gateway = (owner: string) =>
    new Quotas({
      store,
      owner,
      clientConcurrency,
      now: () => clock.ms,
      health: { answered: () => told.push('answered'), failed: () => told.push('failed') },
    });
  return { store, clock, told, gateway, one: gateway('1'), other: gateway('2') };
}

const reasonOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'let in',
    (error: unknown) => (error instanceof ServingError ? error.reason : 'another error'),
  );

/** Lets a request in and, at once, out again. */
const pass = async (gateway: Quotas, who: Principal): Promise<string> =>
  reasonOf(
    gateway.enter(who).then((ticket) => {
      ticket.leave();
    }),
  );

describe('quotas', () => {
  it('let everybody in where none is set, and ask once for it', async () => {
    const { one, store } = setUp();
    for (let count = 0; count < 100; count += 1) expect(await pass(one, by('t'))).toBe('let in');
    expect(store.questions).toBe(1);
    expect(one.standings(by('t'))).toEqual([]);
  });

  it('let in as many requests of a window as the limit is, and name it to the others, with the time that is left', async () => {
    const { one, clock } = setUp(quota('t', { limit: 3 }));
    clock.ms = 45_000;
    for (let count = 0; count < 3; count += 1) await one.enter(by('t'));
    await expect(one.enter(by('t', 'another'))).rejects.toMatchObject({
      reason: 'quota_exceeded',
      limit: 'tenant-requests: 3 requests in 60 s',
      retryAfterMs: 15_000,
    });
    clock.ms = MINUTE_MS;
    expect(await pass(one, by('t'))).toBe('let in');
  });

  it('bind each client by itself, and one that has its own by that', async () => {
    const { one } = setUp(quota('t', { client: '*', limit: 1 }), quota('t', { client: 'big', limit: 2 }));
    const passes = async (id: string) => [
      await pass(one, by('t', id)),
      await pass(one, by('t', id)),
      await pass(one, by('t', id)),
    ];
    expect(await passes('a')).toEqual(['let in', 'quota_exceeded', 'quota_exceeded']);
    expect(await passes('b')).toEqual(['let in', 'quota_exceeded', 'quota_exceeded']);
    expect(await passes('big')).toEqual(['let in', 'let in', 'quota_exceeded']);
  });

  it('take nothing of one quota when another one refuses', async () => {
    const { one, store } = setUp(quota('t', { limit: 10 }), quota('t', { client: 'a', limit: 1 }));
    await pass(one, by('t', 'a'));
    for (let count = 0; count < 50; count += 1) await pass(one, by('t', 'a'));
    const others = await Promise.all(Array.from({ length: 20 }, () => pass(one, by('t', 'b'))));
    expect(others.filter((outcome) => outcome === 'let in')).toHaveLength(9);
    expect(store.counters.get('t//requests/60/0')).toBeGreaterThanOrEqual(10);
  });

  it('are asked of the store far less often than requests come, and not at all by refused ones', async () => {
    const { one, store, clock } = setUp(quota('t', { limit: 10_000 }));
    const outcomes: string[] = [];
    for (let count = 0; count < 10_000; count += 1) {
      clock.ms = count;
      outcomes.push(await pass(one, by('t')));
    }
    expect(outcomes).toEqual(outcomes.map(() => 'let in'));
    expect(store.questions).toBeLessThan(200);
    const before = store.questions;
    const later = await Promise.all(outcomes.map(() => pass(one, by('t'))));
    expect(later).toEqual(later.map(() => 'quota_exceeded'));
    expect(store.questions).toBe(before);
  });

  it('hold over two gateways and four tenants while replies are lost and the store is away: never one request too many', async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = seeded(seed);
      const tenants = ['a', 'b', 'c', 'd'];
      const limits = new Map(tenants.map((tenant, index) => [tenant, [40, 150, 600, 2_000][index] ?? 0]));
      const { one, other, store, clock } = setUp(
        ...tenants.map((tenant) => quota(tenant, { limit: limits.get(tenant) ?? 0 })),
      );
      for (const tenant of tenants) await Promise.all([pass(one, by(tenant)), pass(other, by(tenant))]);
      clock.ms = MINUTE_MS;
      const admitted = new Map<string, number>();
      const isAway = (): boolean => clock.ms % 20_000 > 17_000;
      store.fate = () => (isAway() || random() < 0.05 ? 'lost' : random() < 0.1 ? 'reply lost' : 'well');
      while (clock.ms < 3 * MINUTE_MS) {
        clock.ms += random() * 150;
        const tenant = tenants[Math.floor(random() * tenants.length)] ?? 'a';
        const burst = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
          pass(random() < 0.5 ? one : other, by(tenant)),
        );
        const key = `${tenant}@${String(windowAt(clock.ms, 60).startMs)}`;
        for (const outcome of await Promise.all(burst)) {
          if (outcome === 'let in') admitted.set(key, (admitted.get(key) ?? 0) + 1);
        }
      }
      for (const [key, count] of admitted) expect(count).toBeLessThanOrEqual(limits.get(key.split('@')[0] ?? '') ?? 0);
      // And most of it is let in all the same.
      expect(admitted.get(`c@${String(MINUTE_MS)}`)).toBeGreaterThan(250);
    }
  });

  it('do not let a tenant that floods fiftyfold take from another', async () => {
    const { one, clock } = setUp(quota('flood', { limit: 100 }));
    let refused = 0;
    for (let count = 0; count < 5_000; count += 1) {
      clock.ms += 10;
      if ((await pass(one, by('flood'))) !== 'let in') refused += 1;
      if (count % 50 === 0) expect(await pass(one, by('quiet'))).toBe('let in');
    }
    expect(refused).toBe(4_900);
  });

  describe('while the store is away', () => {
    it('spend what was taken ahead, then say that it cannot be known, and ask four times a second at most', async () => {
      const { one, store, clock, told } = setUp(quota('t', { limit: 1_000 }));
      for (let count = 0; count < 200; count += 1) {
        clock.ms += 1;
        await pass(one, by('t'));
      }
      store.fate = () => 'lost';
      const outcomes: string[] = [];
      const before = store.questions;
      for (let count = 0; count < 1_000; count += 1) {
        clock.ms += 1;
        outcomes.push(await pass(one, by('t')));
      }
      const spent = outcomes.indexOf('unavailable');
      expect(spent).toBeGreaterThan(10);
      expect(spent).toBeLessThanOrEqual(75);
      expect(new Set(outcomes.slice(spent))).toEqual(new Set(['unavailable']));
      expect(store.questions - before).toBeLessThanOrEqual(5);
      store.fate = () => 'well';
      clock.ms += 250;
      expect(await pass(one, by('t'))).toBe('let in');
      expect(told.at(-1)).toBe('answered');
    });

    it('go on over the end of a window with what was taken before it', async () => {
      const { one, store, clock } = setUp(quota('t', { limit: 1_000 }));
      clock.ms = 58_500;
      for (let count = 0; count < 100; count += 1) {
        clock.ms += 1;
        await pass(one, by('t'));
      }
      store.fate = () => 'lost';
      clock.ms = MINUTE_MS;
      expect(await pass(one, by('t'))).toBe('let in');
    });

    it('keep the quotas that were known, and let in no tenant of whom nothing is known', async () => {
      const { one, store } = setUp(quota('t', { limit: 2 }));
      await pass(one, by('t'));
      store.fate = () => 'lost';
      await one.refresh();
      expect(one.standings(by('t'))).toHaveLength(1);
      expect(await pass(one, by('new'))).toBe('unavailable');
    });

    it('do not wait for a store that stands still for longer than a second', async () => {
      jest.useFakeTimers();
      try {
        const { one, store } = setUp(quota('t'));
        await one.enter(by('t'));
        const paused = Promise.withResolvers<undefined>();
        store.gate = paused.promise;
        const outcomes = [pass(one, by('t', 'b')), pass(one, by('t', 'c'))];
        await jest.advanceTimersByTimeAsync(1_000);
        expect(await Promise.all(outcomes)).toContain('unavailable');
        paused.resolve(undefined);
      } finally {
        jest.useRealTimers();
      }
    });
  });

  it('follow what operators change', async () => {
    const { one, store, clock } = setUp(quota('t', { limit: 1 }));
    expect(await pass(one, by('t'))).toBe('let in');
    expect(await pass(one, by('t'))).toBe('quota_exceeded');
    store.quotas[0] = quota('t', { limit: 10 });
    clock.ms = MINUTE_MS;
    await one.refresh();
    expect(one.standings(by('t'))).toMatchObject([{ limit: 10 }]);
    store.quotas.pop();
    await one.refresh();
    for (let count = 0; count < 20; count += 1) expect(await pass(one, by('t'))).toBe('let in');
  });

  it.each([
    ['a minute', 60, 2],
    ['a month of which nobody may spend anything', 31 * 86_400, 0],
  ])('let in more within their window when they are raised: %s', async (_what, windowS, limit) => {
    const { one, store } = setUp(quota('t', { limit, windowS }));
    const passes = async (count: number): Promise<number> => {
      let letIn = 0;
      for (let turn = 0; turn < count; turn += 1) if ((await pass(one, by('t'))) === 'let in') letIn += 1;
      return letIn;
    };
    expect(await passes(5)).toBe(limit);
    store.quotas[0] = quota('t', { limit: 100, windowS });
    await one.refresh();
    expect(one.standings(by('t'))).toMatchObject([{ remaining: 100 - limit }]);
    expect(await passes(110)).toBe(100 - limit);
  });

  it('let in no more within their window when they are lowered below what was spent', async () => {
    const { one, store } = setUp(quota('t', { limit: 100 }));
    for (let count = 0; count < 20; count += 1) await pass(one, by('t'));
    store.quotas[0] = quota('t', { limit: 10 });
    await one.refresh();
    await expect(one.enter(by('t'))).rejects.toMatchObject({
      reason: 'quota_exceeded',
      limit: 'tenant-requests: 10 requests in 60 s',
    });
  });

  describe('of cost', () => {
    const cost = { class: 'routine', costUnits: 40 } as const;

    it('are taken when the request was read, before it is accepted', async () => {
      const { one } = setUp(quota('t', { kind: 'cost', limit: 100 }));
      const tickets = await Promise.all([one.enter(by('t')), one.enter(by('t')), one.enter(by('t'))]);
      const outcomes = await Promise.all(tickets.map((ticket) => reasonOf(ticket.accept(cost))));
      expect(outcomes).toEqual(['let in', 'let in', 'quota_exceeded']);
    });

    it('turn away at the door what comes when nothing at all is left', async () => {
      const { one } = setUp(quota('t', { kind: 'cost', limit: 80 }));
      for (let count = 0; count < 2; count += 1) await (await one.enter(by('t'))).accept(cost);
      await expect(one.enter(by('t'))).rejects.toMatchObject({ limit: 'tenant-cost: 80 cost units in 60 s' });
    });

    it('tell a request that costs more than a whole window that waiting does not help', async () => {
      const { one } = setUp(quota('t', { kind: 'cost', limit: 39 }));
      await expect((await one.enter(by('t'))).accept(cost)).rejects.toMatchObject({ reason: 'too_large' });
    });
  });

  describe('that exempt stat', () => {
    it('let stat in and do not count it, and bind the rest when its class is known', async () => {
      const { one } = setUp(quota('t', { limit: 1, exemptsStat: true }));
      const accept = async (name: 'stat' | 'routine') =>
        reasonOf((await one.enter(by('t'))).accept({ class: name, costUnits: 1 }));
      expect([await accept('stat'), await accept('routine'), await accept('routine'), await accept('stat')]).toEqual([
        'let in',
        'let in',
        'quota_exceeded',
        'let in',
      ]);
    });
  });

  describe('of concurrency', () => {
    const slots = quota('t', { kind: 'concurrency', limit: 10 });
    const fill = (gateway: Quotas, count: number): Promise<(Ticket | undefined)[]> =>
      Promise.all(Array.from({ length: count }, () => gateway.enter(by('t')).catch(() => undefined)));
    const countIn = (tickets: readonly (Ticket | undefined)[]): number =>
      tickets.filter((ticket) => ticket !== undefined).length;

    it('hold over two gateways together', async () => {
      const { one, other } = setUp(slots);
      const found = await Promise.all([fill(one, 20), fill(other, 20)]);
      expect(countIn(found.flat())).toBe(10);
    });

    it('find what another gateway left', async () => {
      const { one, other, clock } = setUp(slots);
      const inside = await fill(one, 10);
      expect(countIn(await fill(other, 1))).toBe(0);
      for (const ticket of inside) ticket?.leave();
      await one.settle();
      clock.ms += 250;
      expect(countIn(await fill(other, 10))).toBe(10);
    });

    it('let a client in that is alone, also at once after idle ones were given back', async () => {
      const { one } = setUp(slots);
      expect(await pass(one, by('t'))).toBe('let in');
      await one.settle();
      expect(await pass(one, by('t'))).toBe('let in');
      const [, second] = await Promise.all([one.settle(), pass(one, by('t'))]);
      expect(second).toBe('let in');
    });

    it('cost a busy client no question a request', async () => {
      const { one, store } = setUp(slots);
      for (let count = 0; count < 1_000; count += 1) await pass(one, by('t'));
      expect(store.questions).toBeLessThan(5);
    });

    it('never hold more than is put down, also when replies are lost', async () => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const random = seeded(seed);
        const { one, other, store, clock } = setUp(slots);
        await Promise.all([pass(one, by('t')), pass(other, by('t'))]);
        store.fate = () => (random() < 0.1 ? 'lost' : random() < 0.2 ? 'reply lost' : 'well');
        const inside: Ticket[] = [];
        for (let step = 0; step < 500; step += 1) {
          clock.ms += random() * 300;
          const gateway = random() < 0.5 ? one : other;
          if (random() < 0.6) {
            const ticket = await gateway.enter(by('t')).catch(() => undefined);
            if (ticket) inside.push(ticket);
          } else inside.splice(Math.floor(random() * inside.length), 1)[0]?.leave();
          if (random() < 0.2) await Promise.all([one.settle(), other.settle()]);
          expect(inside.length).toBeLessThanOrEqual(10);
        }
      }
    });

    it('let nobody in on slots that may be others by now, before the store has said what is held', async () => {
      const { one, store } = setUp(slots);
      const inside = await fill(one, 4);
      inside[0]?.leave();
      one.doubtSlots();
      // Another gateway was given the rest while the lock of this one was free.
      store.slots.set('t/', new Map([['2', 7]]));
      expect(await pass(one, by('t'))).toBe('quota_exceeded');
      expect(store.slots.get('t/')?.get('1')).toBe(3);
      inside[1]?.leave();
      store.slots.set('t/', new Map([['2', 7]]));
      expect(await pass(one, by('t'))).toBe('let in');
    });

    it('that may be others by now are put down again by who has requests inside, asked for or not', async () => {
      const { one, store } = setUp(slots);
      await fill(one, 4);
      store.slots.clear();
      one.doubtSlots();
      await one.settle();
      expect(store.slots.get('t/')?.get('1')).toBeGreaterThanOrEqual(4);
    });

    it('are not asked for on in a round in which the store failed, and the next round begins with the others', async () => {
      const tenants = Array.from({ length: 30 }, (_, index) => `t${String(index)}`);
      const { one, store, clock } = setUp(...tenants.map((tenant) => ({ ...slots, tenant })));
      for (const tenant of tenants) await pass(one, by(tenant));
      store.fate = () => 'lost';
      const before = store.questions;
      await one.settle();
      expect(store.questions - before).toBe(1);
      clock.ms += 1_000;
      store.fate = () => 'well';
      await one.settle();
      expect(store.questions - before).toBe(31);
    });

    it('are left when both the caller and the work are gone', async () => {
      const { one } = setUp(quota('t', { kind: 'concurrency', limit: 1 }));
      const ticket = await one.enter(by('t'));
      const ended = ticket.hold();
      ticket.leave();
      expect(await pass(one, by('t'))).toBe('quota_exceeded');
      ended();
      expect(await pass(one, by('t'))).toBe('let in');
    });

    it('are usual for each client of a gateway where none is set, and refuse no other', async () => {
      const { one } = setUpWith({ quotas: [], clientConcurrency: 4 });
      const inside = await fill(one, 6);
      expect(countIn(inside)).toBe(4);
      await expect(one.enter(by('t'))).rejects.toMatchObject({ limit: 'client-concurrency: 4 requests at once' });
      expect(await pass(one, by('t', 'another'))).toBe('let in');
      inside[0]?.leave();
      expect(await pass(one, by('t'))).toBe('let in');
    });
  });
});
