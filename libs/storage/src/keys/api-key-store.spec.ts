import { randomUUID } from 'node:crypto';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { withConnection } from '../database/with-connection';
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

  it('revokes one key once, and no other', async () => {
    const one = key('ms_bbbb', 'up');
    await storage.keys.insert(one);
    await storage.keys.insert(key('ms_cccc', 'up'));
    expect(await storage.keys.revoke('elsewhere', one.id)).toBe(false);
    expect(await storage.keys.revoke('local', one.id)).toBe(true);
    expect(await storage.keys.revoke('local', one.id)).toBe(false);
    const alive = (await storage.keys.list('local')).filter(({ revokedAt }) => revokedAt === null);
    expect(alive.map(({ prefix }) => prefix)).toEqual(['ms_aaaa', 'ms_cccc']);
  });

  const entry = (tenant: string, id: string, event: 'key_created' | 'key_revoked'): ActivityEvent => ({
    id: newEventId(),
    schema: 1,
    event,
    at: new Date().toISOString(),
    tenant,
    actor: 'operator',
    actorKind: 'service',
    subject: `key:${id}`,
    outcome: 'success',
  });

  it('makes and revokes a key in one commit with the entry that tells of it, and tells nothing that was not done', async () => {
    await storage.identity.tenants.add('told', 'a hospital');
    const one = { ...key('ms_dddd', 'told'), tenant: 'told' };
    const created = entry('told', one.id, 'key_created');
    await storage.keys.create(one, created);
    await expect(storage.keys.create(one, entry('told', one.id, 'key_created'))).rejects.toThrow();
    const revoked = entry('told', one.id, 'key_revoked');
    for (const tell of [revoked, entry('told', one.id, 'key_revoked')]) await storage.keys.revoke('told', one.id, tell);
    const told = (await storage.outbox.unsent(10)).filter(({ bytes }) => bytes.includes('"tenant":"told"'));
    expect(told.map(({ id }) => id)).toEqual([created.id, revoked.id]);
  });

  it('finds a key of the tenant by its id, and shows its keys in pages, oldest first', async () => {
    await storage.identity.tenants.add('paged', 'a hospital');
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const one = { ...key(`ms_page${String(count)}`, 'page'), tenant: 'paged' };
      await storage.keys.create(one);
      ids.push(one.id);
    }
    expect(await storage.keys.find('paged', ids[0] ?? '')).toMatchObject({ id: ids[0] });
    expect(await storage.keys.find('local', ids[0] ?? '')).toBeUndefined();
    const pages: string[][] = [];
    for (let after: string | undefined; pages.length < 3; after = pages.at(-1)?.at(-1)) {
      pages.push((await storage.keys.page('paged', { limit: 2, after })).map(({ id }) => id));
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(await storage.keys.page('local', { limit: 10, after: ids[0] })).toEqual([]);
  });

  it('lets a tenant have a thousand keys that work, however many are made at once', async () => {
    await storage.identity.tenants.add('busy', 'a hospital');
    await withConnection(database.url, (connection) =>
      connection.query(`
        INSERT INTO api_key (id, prefix, hash, scopes, tenant, label, revoked_at, expires_at)
        SELECT gen_random_uuid(), 'busy' || n, '\\x07', '{infer}', 'busy', 'x',
          CASE WHEN n > 1005 THEN now() END, CASE WHEN n > 998 AND n <= 1005 THEN now() END
        FROM generate_series(1, 1100) AS n`),
    );
    const make = () => {
      const one = { ...key(`ms_${randomUUID()}`, 'busy'), tenant: 'busy' };
      return storage.keys.create(one).then(() => one.id);
    };
    const made = await Promise.allSettled(Array.from({ length: 6 }, make));
    const ids = made.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(ids).toHaveLength(2);
    await expect(make()).rejects.toMatchObject({
      reason: 'quota_exceeded',
      limit: 'live keys of a tenant: 1000',
    });
    await storage.keys.revoke('busy', ids[0] ?? '');
    await expect(make()).resolves.toBeDefined();
  });
});
