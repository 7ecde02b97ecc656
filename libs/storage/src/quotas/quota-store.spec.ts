import { newEventId, type ActivityEvent } from '@medserve/events';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import type { Ownership } from '../records/ownership';
import type { StoredQuota } from './quota-store';

const MINUTE = { tenant: 'home', client: '', kind: 'requests', limit: 100, windowS: 60, exemptsStat: false } as const;
const SLOTS: StoredQuota = { ...MINUTE, kind: 'concurrency', limit: 10, windowS: 0 };

const changed = ({ tenant }: { readonly tenant: string }): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event: 'quota_changed',
  at: new Date().toISOString(),
  tenant,
  actor: 'operator',
  subject: 'quota:requests/tenant',
  outcome: 'success',
});

describe('QuotaStore', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec' });
    await database.superuser((sql) => sql.query(`INSERT INTO tenant (id, name) VALUES ('other', 'another hospital')`));
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const set = (quota: StoredQuota): Promise<void> => storage.quotas.set(quota, changed(quota));
  const remove = (quota: StoredQuota): Promise<boolean> => storage.quotas.remove(quota, changed(quota));
  const told = async (): Promise<number> =>
    (await database.superuser((sql) => sql.query('SELECT 1 FROM outbox'))).rows.length;

  it('keeps one quota of a kind for a client, the last that was set', async () => {
    await set({ ...MINUTE, limit: 7 });
    await set(MINUTE);
    await set({ ...MINUTE, tenant: 'other', client: 'key-1' });
    expect(await storage.quotas.of(['home'])).toEqual([MINUTE]);
    expect(await storage.quotas.list()).toHaveLength(2);
  });

  it('removes a quota once, and tells of that alone', async () => {
    await set({ ...MINUTE, client: 'gone' });
    const before = await told();
    expect(await remove({ ...MINUTE, client: 'gone' })).toBe(true);
    expect(await remove({ ...MINUTE, client: 'gone' })).toBe(false);
    expect(await told()).toBe(before + 1);
  });

  it.each([
    ['a window for what has none', { ...SLOTS, windowS: 60 }],
    ['no window for what has one', { ...MINUTE, windowS: 0 }],
    ['a limit below zero', { ...MINUTE, limit: -1 }],
    ['a tenant that there is not', { ...MINUTE, tenant: 'nobody' }],
  ])('does not take %s, and tells of nothing', async (_what, quota) => {
    const before = await told();
    await expect(set(quota)).rejects.toThrow();
    expect(await told()).toBe(before);
  });

  it('counts what several gateways add at once, to the point, and by window', async () => {
    const quota = { ...MINUTE, client: 'counted' };
    const counts = await Promise.all(Array.from({ length: 20 }, () => storage.quotas.count(quota, 60_000, 3)));
    expect(counts.sort((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 3));
    expect(await storage.quotas.count(quota, 120_000, 3)).toBe(3);
    expect(await storage.quotas.count({ ...quota, tenant: 'other' }, 60_000, 1)).toBe(1);
  });

  it('forgets the counters of windows that are long over', async () => {
    await database.superuser((sql) =>
      sql.query(`INSERT INTO quota_counter (key, points, expire) VALUES ('home/requests/60/0/old', 5, 1000)`),
    );
    await storage.quotas.count({ ...MINUTE, client: 'fresh' }, 180_000, 1);
    const left = await database.superuser((sql) => sql.query(`SELECT 1 FROM quota_counter WHERE expire = 1000`));
    expect(left.rows).toEqual([]);
  });

  describe('slots', () => {
    let one: Ownership;
    let other: Ownership;

    beforeEach(async () => {
      one = await storage.holdOwnership();
      other = await storage.holdOwnership();
    });

    afterEach(async () => {
      await Promise.all([one.release(), other.release()]);
    });

    it('are given as far as other gateways leave them', async () => {
      expect(await storage.quotas.hold(SLOTS, one.owner, 6)).toBe(6);
      expect(await storage.quotas.hold(SLOTS, other.owner, 6)).toBe(4);
      expect(await storage.quotas.hold(SLOTS, one.owner, 2)).toBe(2);
      expect(await storage.quotas.hold(SLOTS, other.owner, 20)).toBe(8);
    });

    /** Lets time pass for those whose lock was found free. */
    const age = (interval: string): Promise<unknown> =>
      database.superuser((sql) =>
        sql.query('UPDATE quota_slot SET unlocked_since = unlocked_since - $1::interval', [interval]),
      );
    const dead = async (client: string): Promise<void> => {
      await storage.quotas.hold({ ...SLOTS, client }, one.owner, 10);
      await one.release();
    };

    it('of a gateway that died are free when its lock has been free for longer than a reconnection takes', async () => {
      await dead('a');
      const ask = (): Promise<number> => storage.quotas.hold({ ...SLOTS, client: 'a' }, other.owner, 10);
      expect(await ask()).toBe(0);
      await age('4 seconds');
      expect(await ask()).toBe(0);
      await age('1 second');
      expect(await ask()).toBe(10);
    });

    it('of a gateway whose connection broke for a moment stay its own', async () => {
      const quota = { ...SLOTS, client: 'c' };
      await storage.quotas.hold(quota, one.owner, 10);
      const failed = Promise.withResolvers<unknown>();
      const broken = await storage.holdOwnership(failed.resolve);
      await storage.quotas.hold(quota, one.owner, 0);
      expect(await storage.quotas.hold(quota, broken.owner, 10)).toBe(10);
      await database.superuser((sql) =>
        sql.query(
          `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
          AND ((classid::bigint << 32) | objid::bigint) = $1`,
          [broken.owner],
        ),
      );
      await failed.promise;
      expect(await storage.quotas.hold(quota, other.owner, 10)).toBe(0);
      await storage.quotas.hold(quota, broken.owner, 10);
      await age('10 seconds');
      expect(await storage.quotas.hold(quota, other.owner, 10)).toBe(0);
      await broken.release();
    });

    it('asked for at once are never given twice', async () => {
      const quota = { ...SLOTS, client: 'b' };
      const given = await Promise.all([
        ...Array.from({ length: 5 }, () => storage.quotas.hold(quota, one.owner, 7)),
        ...Array.from({ length: 5 }, () => storage.quotas.hold(quota, other.owner, 7)),
      ]);
      expect(Math.max(...given)).toBe(7);
      const { rows } = await database.superuser((sql) =>
        sql.query<{ sum: string }>(`SELECT sum(held) FROM quota_slot WHERE client = 'b'`),
      );
      expect(Number(rows[0]?.sum)).toBe(10);
    });
  });
});
