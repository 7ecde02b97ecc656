import type { ActivityEvent } from '@medserve/events';
import { activityEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const tell = (from: string | null, to: string | null): ActivityEvent =>
  activityEvent({
    event: 'model_default_changed',
    tenant: 'home',
    subject: 'model:net',
    facts: { from: from ?? 'newest', to: to ?? 'newest' },
  });

describe('ModelDefaultStore', () => {
  let database: TestDatabase;
  let storage: Storage;
  beforeAll(async () => {
    database = await startTestDatabase();
    // As a gateway works: with the rights of one.
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'gateway' });
  }, 60_000);
  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);
  afterEach(() => database.superuser((sql) => sql.query('DELETE FROM model_default; DELETE FROM outbox')));

  const choose = (version: string | null, expectedRevision?: number) =>
    storage.modelDefaults.change({ model: 'net', tenant: 'home', version, expectedRevision }, tell);
  const back = (expectedRevision?: number) =>
    storage.modelDefaults.change({ model: 'net', tenant: 'home', expectedRevision }, tell);
  const told = async (): Promise<unknown[]> => {
    const { rows } = await database.superuser((sql) =>
      sql.query<{ payload: Buffer }>('SELECT payload FROM outbox ORDER BY position'),
    );
    return rows.map(({ payload }) => (JSON.parse(payload.toString()) as ActivityEvent).facts);
  };

  it('keeps a choice and the one before, and tells of each in the same commit', async () => {
    expect(await choose('1')).toMatchObject({ model: 'net', version: '1', previous: null, revision: 1 });
    expect(await choose('2')).toMatchObject({ version: '2', previous: '1', revision: 2 });
    expect(await storage.modelDefaults.list()).toMatchObject([{ model: 'net', version: '2', previous: '1' }]);
    expect(await told()).toEqual([
      { from: 'newest', to: '1' },
      { from: '1', to: '2' },
    ]);
  });

  it('goes back to the one before, and forward again', async () => {
    await choose('1');
    expect(await back()).toMatchObject({ version: null, previous: '1', revision: 2 });
    expect(await back()).toMatchObject({ version: '1', previous: null, revision: 3 });
  });

  it('neither changes nor tells what is so already', async () => {
    await choose('1');
    expect(await choose('1')).toMatchObject({ version: '1', previous: null, revision: 1 });
    expect(await choose(null)).toMatchObject({ revision: 2 });
    expect(await told()).toHaveLength(2);
  });

  it('has nothing to go back to where nobody ever chose', async () => {
    await expect(back()).rejects.toMatchObject({ reason: 'not_found' });
    expect(await storage.modelDefaults.list()).toEqual([]);
    expect(await told()).toEqual([]);
  });

  it('changes nothing for who knows another state', async () => {
    await choose('1', 0);
    await expect(choose('2', 0)).rejects.toMatchObject({ reason: 'model_default_changed' });
    await expect(back(7)).rejects.toMatchObject({ reason: 'model_default_changed' });
    expect(await storage.modelDefaults.list()).toMatchObject([{ version: '1', revision: 1 }]);
  });

  it('lets one of several win who choose at once knowing the same', async () => {
    const outcomes = await Promise.allSettled(['1', '2', '3', '4'].map((version) => choose(version, 0)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await told()).toHaveLength(1);
  });

  it('does not change what cannot be told', async () => {
    const failing = (): ActivityEvent => {
      throw new Error('no room');
    };
    const change = storage.modelDefaults.change({ model: 'net', tenant: 'home', version: '1' }, failing);
    await expect(change).rejects.toThrow('no room');
    expect(await storage.modelDefaults.list()).toEqual([]);
  });
});
