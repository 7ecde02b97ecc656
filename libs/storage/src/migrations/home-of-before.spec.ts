import { randomUUID } from 'node:crypto';
import { newEventId, encodeEvent } from '@medserve/events';
import { recordEvent, startTestServer, type TestServer } from '@medserve/testkit';
import { createDataSource, migrate } from '../database/data-source';
import { withConnection } from '../database/with-connection';
import { openStorage } from '../open-storage';

/** A home as the version before tenants left it: one request answered, one under way, keys, and events on their way. */
async function fill(url: string) {
  const [done, open] = [randomUUID(), randomUUID()];
  const events = [done, done, open].map((request, at) =>
    recordEvent({ id: newEventId(), request, tenant: 'home', event: at === 1 ? 'completed' : 'accepted' }),
  );
  await withConnection(url, async (sql) => {
    await sql.query(
      `INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event,
         final_event, result, content_type, ended_at)
       VALUES ($1, 'home', 'key-1', 'completed', 'key', 'fp', 1, now(), $3, $4, '{"a":1}', 'application/json', now()),
         ($2, 'home', 'key-1', 'accepted', NULL, 'fp', 1, now() + interval '1 hour', $5, NULL, NULL, NULL, NULL)`,
      [done, open, ...events.map(({ id }) => id)],
    );
    for (const event of events) {
      const values = [event.id, event.request, encodeEvent(event)];
      await sql.query('INSERT INTO outbox (event, request, payload) VALUES ($1, $2, $3)', values);
    }
    await sql.query(
      `INSERT INTO api_key (id, prefix, hash, scopes, tenant, label)
       VALUES ($1, 'ms_old', '\\x07', '{infer}', 'clinic', 'old'), ($2, 'ms_odd', '\\x07', '{infer}', 'old clinic', 'old')`,
      [randomUUID(), randomUUID()],
    );
  });
  return { done, open, events };
}

describe('a home of the version before tenants', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);

  it('has all that it had, and is shut to strangers, once it is migrated; and a second time nothing happens', async () => {
    const database = await server.database();
    const name = `before_${randomUUID().replaceAll('-', '')}`;
    await database.superuser((sql) => sql.query(`CREATE DATABASE ${name}`));
    const target = new URL(database.url);
    target.pathname = `/${name}`;
    const url = target.href;

    const before = createDataSource({ url, poolSize: 1, applicationName: 'spec' });
    const { migrations } = before.options;
    before.setOptions({ migrations: (migrations as unknown[]).slice(0, 1) as never });
    await before.initialize();
    await before.runMigrations();
    await before.destroy();
    const { done, open, events } = await fill(url);

    await migrate(url);
    await migrate(url);

    const gateway = await openStorage({ url, poolSize: 1, applicationName: 'spec', role: 'gateway' });
    expect(await gateway.records.find('home', done)).toMatchObject({ status: 'completed' });
    expect((await gateway.records.result('home', done))?.bytes.toString()).toBe('{"a":1}');
    expect(await gateway.records.find('home', open)).toEqual({ status: 'accepted', isOfBeforeSealing: true });
    expect(await gateway.records.find('clinic', done)).toBeUndefined();
    expect(await gateway.keys.findByPrefix('ms_old')).toMatchObject({ tenant: 'clinic', site: null, revokedAt: null });
    // A name that no log can have: what its key did could not be recorded.
    expect(await gateway.keys.findByPrefix('ms_odd')).toMatchObject({
      tenant: 'old clinic',
      revokedAt: expect.any(Date) as Date,
    });
    await gateway.close();

    const recorder = await openStorage({ url, poolSize: 1, applicationName: 'spec', role: 'recorder' });
    const messages = await recorder.outbox.unsent(10);
    expect(messages.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(await recorder.ledger.append(messages)).toMatchObject({ count: 3, refused: [] });
    await recorder.close();

    await database.superuser((sql) => sql.query(`DROP DATABASE ${name} WITH (FORCE)`));
    await database.close();
  }, 60_000);

  it('can go back to before row security, and forward again', async () => {
    const database = await server.database();
    await database.superuser((sql) => sql.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'));
    const dataSource = createDataSource({ url: database.url, poolSize: 1, applicationName: 'spec' });
    const { migrations } = dataSource.options;
    dataSource.setOptions({ migrations: (migrations as unknown[]).slice(0, 3) as never });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.undoLastMigration();
    const left = `SELECT 1 FROM pg_policies UNION ALL SELECT 1 FROM pg_class WHERE relrowsecurity
      UNION ALL SELECT 1 FROM information_schema.role_table_grants WHERE grantee LIKE 'medserve\\_%' AND table_schema = 'public'`;
    expect(await dataSource.query(left)).toEqual([]);
    expect(await dataSource.runMigrations()).toHaveLength(1);
    await dataSource.destroy();
    await database.close();
  }, 60_000);
});

describe('an owner of the database who is no superuser', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);

  it('is told which grant it lacks before anything is shut, and works on every tenant’s rows once it has it', async () => {
    const database = await server.database();
    const name = `owned_${randomUUID().replaceAll('-', '')}`;
    const superuser = (text: string) => database.superuser((sql) => sql.query(text));
    await superuser(`CREATE ROLE ${name} LOGIN PASSWORD 'spec'`);
    await superuser(`CREATE DATABASE ${name} OWNER ${name}`);
    const target = new URL(database.url);
    [target.username, target.password, target.pathname] = [name, 'spec', `/${name}`];
    const url = target.href;

    await expect(migrate(url)).rejects.toThrow(
      `run "GRANT medserve_gateway, medserve_recorder, medserve_auditor TO ${name}"`,
    );
    await superuser(`GRANT medserve_gateway, medserve_recorder, medserve_auditor TO ${name}`);
    await expect(migrate(url)).rejects.toThrow(`"GRANT medserve_monitor TO ${name}"`);
    await superuser(`GRANT medserve_monitor TO ${name}`);
    await migrate(url);

    const commands = await openStorage({ url, poolSize: 1, applicationName: 'spec' });
    const key = { hash: Buffer.from('h'), scopes: ['infer'], label: 'run', expiresAt: null };
    const ids = { home: randomUUID(), clinic: randomUUID() };
    for (const [tenant, id] of Object.entries(ids)) {
      await commands.keys.insert({ ...key, id, prefix: `ms_${tenant}`, tenant });
    }
    expect((await commands.keys.list()).map(({ tenant }) => tenant)).toEqual(['home', 'clinic']);
    expect(await commands.keys.revoke('clinic', ids.clinic)).toBe(true);
    await commands.monitor.askToRelearn('organ');
    expect(await commands.monitor.relearn()).toBe(true);
    await commands.close();

    const gateway = await openStorage({ url, poolSize: 1, applicationName: 'spec', role: 'gateway' });
    expect(await gateway.keys.list()).toEqual([]);
    expect((await gateway.keys.list('clinic')).map(({ tenant }) => tenant)).toEqual(['clinic']);
    await gateway.close();

    await superuser(`DROP DATABASE ${name} WITH (FORCE)`);
    await superuser(`DROP ROLE ${name}`);
    await database.close();
  }, 60_000);
});
