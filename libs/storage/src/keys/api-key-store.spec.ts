import { randomUUID } from 'node:crypto';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

describe('ApiKeyStore', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const key = (prefix: string, label: string) => ({
    id: randomUUID(),
    prefix,
    hash: Buffer.alloc(32, 7),
    scopes: ['infer', 'audit:read'],
    tenant: 'local',
    label,
    expiresAt: null,
  });

  it('finds a key by its prefix as it was kept', async () => {
    const kept = key('ms_aaaa', 'a hospital');
    await storage.keys.insert(kept);
    expect(await storage.keys.findByPrefix('ms_aaaa')).toMatchObject({ ...kept, revokedAt: null });
    expect(await storage.keys.findByPrefix('ms_zzzz')).toBeUndefined();
  });

  it('revokes one key once, and all keys of a label', async () => {
    const one = key('ms_bbbb', 'up');
    await storage.keys.insert(one);
    await storage.keys.insert(key('ms_cccc', 'up'));
    expect(await storage.keys.revoke(one.id)).toBe(true);
    expect(await storage.keys.revoke(one.id)).toBe(false);
    expect(await storage.keys.revokeLabelled('up')).toBe(1);
    const alive = (await storage.keys.list('local')).filter(({ revokedAt }) => revokedAt === null);
    expect(alive.map(({ prefix }) => prefix)).toEqual(['ms_aaaa']);
  });
});
