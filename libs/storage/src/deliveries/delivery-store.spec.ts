import type { ActivityEvent } from '@medserve/events';
import { activityEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { Database } from '../database/database';
import { createDataSource, poolOf } from '../database/data-source';
import { openStorage, type Storage } from '../open-storage';
import type { HeldDelivery, StoredDelivery } from './delivery-rows';
import { enqueueDeliveries } from '../studies/enqueue-deliveries';

const LEASE_MS = 60_000;
const NOBODY_ELSE = { tenant: 'home', destination: 'pacs' };

describe('the queue of deliveries', () => {
  let database: TestDatabase;
  let storage: Storage;
  let sql: Database;
  let close: () => Promise<void>;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'gateway' });
    const dataSource = createDataSource({ url: database.url, poolSize: 2, applicationName: 'spec-f', role: 'gateway' });
    await dataSource.initialize();
    sql = new Database(poolOf(dataSource));
    close = () => dataSource.destroy();
  }, 60_000);

  afterAll(async () => {
    await close();
    await storage.close();
    await database.close();
  }, 30_000);

  beforeEach(() => database.superuser((owner) => owner.query('DELETE FROM delivery')));

  const enqueue = (studyUid: string, { tenant = 'home', generation = 1, to = ['pacs'] } = {}): Promise<void> =>
    sql.forTenant(tenant, (client) => enqueueDeliveries(client, { tenant, studyUid, generation }, to));
  const claim = async (limit = 1, leaseMs = LEASE_MS): Promise<HeldDelivery[]> =>
    storage.deliveries.claim(NOBODY_ELSE, limit, leaseMs);
  const claimOne = async (leaseMs = LEASE_MS): Promise<HeldDelivery> => {
    const [held] = await claim(1, leaseMs);
    if (held === undefined) throw new Error('nothing is due');
    return held;
  };
  const all = (): Promise<StoredDelivery[]> => storage.deliveries.list({ tenant: 'home', limit: 100 });
  const requeued = ({ id }: StoredDelivery): ActivityEvent =>
    activityEvent({
      event: 'study_requeued',
      tenant: 'home',
      subject: `delivery:${id}`,
    });

  it('has each result set once for each destination, however often it is enqueued', async () => {
    await enqueue('1.2', { to: ['pacs', 'ris'] });
    await enqueue('1.2', { to: ['pacs', 'ris'] });
    expect((await all()).map(({ destination, state }) => `${destination} ${state}`).sort()).toEqual([
      'pacs waiting',
      'ris waiting',
    ]);
  });

  it('forgets what was enqueued in a transaction that is undone', async () => {
    const undone = sql.forTenant('home', async (client) => {
      await enqueueDeliveries(client, { tenant: 'home', studyUid: '1.2', generation: 1 }, ['pacs']);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await all()).toEqual([]);
  });

  it('gives each delivery to one of several senders', async () => {
    for (const uid of ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6']) await enqueue(uid);
    const claimed = (await Promise.all([claim(4), claim(4), claim(4)])).flat();
    expect(claimed.map(({ studyUid }) => studyUid).sort()).toEqual(['1.1', '1.2', '1.3', '1.4', '1.5', '1.6']);
  });

  it('gives it to nobody else while its lease lasts, and to another when it has ended', async () => {
    await enqueue('1.2');
    const first = await claimOne();
    expect(await claim()).toEqual([]);
    await database.superuser((owner) => owner.query("UPDATE delivery SET lease_until = now() - interval '1 s'"));
    const second = await claimOne();
    expect([first.attempts, second.attempts]).toEqual([1, 2]);
    expect(await storage.deliveries.delivered(first)).toBe(false);
    expect(await storage.deliveries.delivered(second)).toBe(true);
    expect(await all()).toMatchObject([{ state: 'delivered', lastError: null }]);
  });

  it('sends an older generation of a study before a newer one', async () => {
    await enqueue('1.2', { generation: 2 });
    await enqueue('1.2', { generation: 1 });
    const older = await claimOne();
    expect([older.generation, (await claim()).length]).toEqual([1, 0]);
    await storage.deliveries.delivered(older);
    expect((await claimOne()).generation).toBe(2);
  });

  it('does not hold a newer generation back for one that is dead', async () => {
    await enqueue('1.2', { generation: 1 });
    await storage.deliveries.dead(await claimOne(), { reason: 'content_refused', isAnswer: true, arrived: [] });
    await enqueue('1.2', { generation: 2 });
    expect((await claimOne()).generation).toBe(2);
  });

  it('waits as long as it is told before it gives it out again, with what had arrived', async () => {
    await enqueue('1.2');
    await storage.deliveries.retry(
      await claimOne(),
      { reason: 'busy', status: 'A700', isAnswer: true, arrived: ['1.2.3'] },
      3_600_000,
    );
    expect(await claim()).toEqual([]);
    expect(await all()).toMatchObject([{ state: 'waiting', lastError: 'busy', lastStatus: 'A700', attempts: 1 }]);
    await database.superuser((owner) => owner.query('UPDATE delivery SET next_at = now()'));
    expect(await claimOne()).toMatchObject({ attempts: 2, answered: 1, arrived: ['1.2.3'] });
  });

  it('says at each claim for how long it is tried, and begins anew where it is requeued', async () => {
    await enqueue('1.2');
    await database.superuser((owner) => owner.query("UPDATE delivery SET since = now() - interval '1 hour'"));
    const held = await claimOne();
    expect(held.ageMs / 1_000).toBeCloseTo(3_600, -1);
    await storage.deliveries.dead(held, { reason: 'unreachable', isAnswer: false, arrived: [] });
    await storage.deliveries.requeue({ tenant: 'home', destination: 'pacs' }, requeued);
    expect((await claimOne()).ageMs).toBeLessThan(60_000);
  });

  it('does not count an attempt that nobody answered', async () => {
    await enqueue('1.2');
    await storage.deliveries.retry(await claimOne(), { reason: 'unreachable', isAnswer: false, arrived: [] }, 0);
    expect(await claimOne()).toMatchObject({ attempts: 2, answered: 0 });
  });

  it('takes back what was not begun as if it had never been given out', async () => {
    await enqueue('1.2');
    expect(await storage.deliveries.release(await claimOne())).toBe(true);
    expect(await claimOne()).toMatchObject({ attempts: 1 });
  });

  it('sends what is dead again when an operator says so, and tells the ledger', async () => {
    await enqueue('1.2');
    await storage.deliveries.dead(await claimOne(), {
      reason: 'association_rejected',
      isAnswer: true,
      arrived: ['1.9'],
    });
    expect(await claim()).toEqual([]);
    expect(await storage.deliveries.requeue({ tenant: 'home', destination: 'ris' }, requeued)).toEqual([]);
    const again = await storage.deliveries.requeue({ tenant: 'home', destination: 'pacs' }, requeued);
    expect(again).toMatchObject([{ studyUid: '1.2', state: 'waiting', attempts: 0 }]);
    expect(await claimOne()).toMatchObject({ attempts: 1, answered: 0, arrived: ['1.9'] });
    const told = await database.superuser((owner) => owner.query<{ payload: Buffer }>('SELECT payload FROM outbox'));
    const events = told.rows.map(({ payload }) => (JSON.parse(payload.toString()) as ActivityEvent).event);
    expect(events).toEqual(expect.arrayContaining(['study_exported', 'study_requeued']));
  });

  it('says how long the oldest has waited, dead or not, of those that have not arrived', async () => {
    expect(await storage.deliveries.oldestSeconds(NOBODY_ELSE)).toBe(0);
    await enqueue('1.2');
    await database.superuser((owner) => owner.query("UPDATE delivery SET since = now() - interval '1 hour'"));
    expect(await storage.deliveries.oldestSeconds(NOBODY_ELSE)).toBeCloseTo(3_600, -1);
    await storage.deliveries.delivered(await claimOne());
    expect(await storage.deliveries.oldestSeconds(NOBODY_ELSE)).toBe(0);
  });

  it('shows a tenant nothing of another, and lets it touch nothing', async () => {
    await enqueue('1.2', { tenant: 'north' });
    expect(await all()).toEqual([]);
    expect(await claim()).toEqual([]);
    const [held] = await storage.deliveries.claim({ tenant: 'north', destination: 'pacs' }, 1, LEASE_MS);
    if (held === undefined) throw new Error('nothing is due');
    expect(await storage.deliveries.delivered({ ...held, tenant: 'home' })).toBe(false);
    expect(await storage.deliveries.delivered(held)).toBe(true);
  });

  it('does not send an older result again where a newer one has arrived', async () => {
    await enqueue('1.2', { generation: 1 });
    await storage.deliveries.dead(await claimOne(), { reason: 'content_refused', isAnswer: true, arrived: [] });
    await enqueue('1.2', { generation: 2 });
    await storage.deliveries.delivered(await claimOne());
    expect(await storage.deliveries.requeue({ tenant: 'home', destination: 'pacs' }, requeued)).toEqual([]);
    expect(await storage.deliveries.oldestSeconds(NOBODY_ELSE)).toBe(0);
  });

  it('requeues no more than a thousand at once', async () => {
    await database.superuser((owner) =>
      owner.query(`INSERT INTO delivery (id, tenant, study_uid, generation, destination, state, settled_at)
        SELECT gen_random_uuid(), 'home', '1.2.' || n, 1, 'pacs', 'dead', now() FROM generate_series(1, 1003) AS n`),
    );
    expect(await storage.deliveries.requeue({ tenant: 'home', destination: 'pacs' }, requeued)).toHaveLength(1_000);
    expect(await storage.deliveries.requeue({ tenant: 'home', destination: 'pacs' }, requeued)).toHaveLength(3);
  });

  it('gives up what is on its way to a destination that there is not any more, of whatever tenant', async () => {
    await enqueue('1.2', { tenant: 'north', to: ['gone', 'pacs'] });
    await enqueue('1.3', { to: ['gone'] });
    const known = [
      { tenant: 'north', destination: 'pacs' },
      // Of that name, and another tenant's.
      { tenant: 'south', destination: 'gone' },
    ];
    expect(await storage.deliveries.strand(known, 3_600_000)).toBe(0);
    await database.superuser((owner) =>
      owner.query("UPDATE delivery SET since = now() - interval '2 hours', next_at = now() - interval '2 hours'"),
    );
    expect(await storage.deliveries.strand(known, 3_600_000)).toBe(2);
    expect(await all()).toMatchObject([{ destination: 'gone', state: 'dead', lastError: 'no_such_destination' }]);
    const north = await storage.deliveries.list({ tenant: 'north', limit: 10 });
    expect(north.map(({ destination, state }) => `${destination} ${state}`).sort()).toEqual([
      'gone dead',
      'pacs waiting',
    ]);
    expect(await storage.deliveries.strand(known, 3_600_000)).toBe(0);
  });
});
