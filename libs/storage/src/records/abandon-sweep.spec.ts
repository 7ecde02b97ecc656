import { acceptance, completion, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const GRACE_MS = 5_000;

describe('AbandonSweep', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 5, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const statusOf = async (id: string) => (await storage.records.request('local', id))?.status;

  it('leaves the requests of a living gateway alone, and ends those of a dead one after the grace period', async () => {
    const [living, dying] = [await storage.holdOwnership(), await storage.holdOwnership()];
    const [kept, lost] = [acceptance({ owner: living.owner }), acceptance({ owner: dying.owner })];
    const done = acceptance({ owner: dying.owner });
    for (const request of [kept, lost, done]) await storage.records.accept(request);
    await storage.records.finish(completion(done.id));
    await dying.release();
    const sweep = storage.abandonSweep(GRACE_MS);
    const now = performance.now();
    expect(await sweep.sweep(now)).toBe(0);
    expect(await sweep.sweep(now + GRACE_MS - 1)).toBe(0);
    expect(await sweep.sweep(now + GRACE_MS)).toBe(1);
    expect(await statusOf(kept.id)).toBe('accepted');
    expect(await statusOf(lost.id)).toBe('abandoned');
    expect(await statusOf(done.id)).toBe('completed');
    expect(await storage.records.finish(completion(lost.id))).toEqual({ kind: 'superseded', status: 'abandoned' });
    await living.release();
  });

  it('waits for a gateway that only lost its connection: it locks the same number again', async () => {
    const ownership = await storage.holdOwnership();
    const request = acceptance({ owner: ownership.owner });
    await storage.records.accept(request);
    await database.superuser(async (sql) => {
      await sql.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'medserve-owner'`,
      );
      const held = async () => {
        const text = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND ((classid::bigint << 32) | objid::bigint) = $1`;
        return (await sql.query(text, [ownership.owner])).rows.length === 1;
      };
      while (!(await held())) await new Promise(setImmediate);
    });
    const sweep = storage.abandonSweep(0);
    await sweep.sweep(performance.now());
    expect(await statusOf(request.id)).toBe('accepted');
    await ownership.release();
  });

  it('ends a request whose lease ran out although its gateway lives', async () => {
    const ownership = await storage.holdOwnership();
    const request = acceptance({ owner: ownership.owner, leaseMs: 0 });
    await storage.records.accept(request);
    await storage.abandonSweep(GRACE_MS).sweep(performance.now());
    expect(await statusOf(request.id)).toBe('abandoned');
    await ownership.release();
  });

  it('leaves a lease that runs alone, whatever the clock of its own machine says', async () => {
    const ownership = await storage.holdOwnership();
    const request = acceptance({ owner: ownership.owner, leaseMs: 60_000 });
    await storage.records.accept(request);
    jest.useFakeTimers({ doNotFake: ['setTimeout', 'setInterval', 'setImmediate', 'nextTick', 'performance'] });
    try {
      jest.setSystemTime(Date.now() + 3_600_000);
      expect(await storage.abandonSweep(GRACE_MS).sweep(Date.now())).toBe(0);
    } finally {
      jest.useRealTimers();
    }
    expect(await statusOf(request.id)).toBe('accepted');
    await ownership.release();
  });
});
