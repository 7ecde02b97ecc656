import { recordEvent, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { Client } from 'pg';
import { createDataSource, migrate } from '../database/data-source';
import { withConnection } from '../database/with-connection';
import { First1764000000000 } from './1764000000000-first';

/** F50: the next release brings the schema up to date while gateways of this one write. */
describe('a migration that meets traffic', () => {
  let server: TestServer;
  let database: TestDatabase;
  let url: string;

  beforeAll(async () => {
    server = await startTestServer();
    database = await server.database();
    await database.superuser((sql) => sql.query('CREATE DATABASE test_traffic'));
    url = database.url.replace(/\/test_[0-9a-f]+/u, '/test_traffic');
    const dataSource = createDataSource({ url, poolSize: 1, applicationName: 'spec' });
    dataSource.setOptions({ migrations: [First1764000000000] });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    await dataSource.destroy();
  }, 60_000);

  afterAll(async () => {
    await database.superuser((sql) => sql.query('DROP DATABASE test_traffic WITH (FORCE)'));
    await database.close();
    await server.stop();
  }, 30_000);

  const accept = (): Promise<unknown> =>
    withConnection(url, (sql) => {
      const { id, request } = recordEvent();
      return sql.query(
        `INSERT INTO request (id, tenant, actor, status, fingerprint, owner, lease_until, accepted_event)
         VALUES ($1, 'home', 'key-1', 'accepted', 'x', 1, now(), $2)`,
        [request, id],
      );
    });

  const appliedCount = (): Promise<number> =>
    withConnection(url, async (sql) => {
      const { rows } = await sql.query<{ count: string }>('SELECT count(*) FROM migrations');
      return Number(rows[0]?.count);
    });

  const isWaitedFor = async (holder: Client): Promise<boolean> => {
    const { rows } = await holder.query(
      "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = 'request'::regclass",
    );
    return rows.length > 0;
  };

  it('gives way to it again and again, and goes through when it may', async () => {
    const reading = new Client({ connectionString: url });
    await reading.connect();
    await reading.query('BEGIN; SELECT count(*) FROM request');
    const migrated = migrate(url);
    while (!(await isWaitedFor(reading)));
    // Behind the lock that the migration waits for, until it gives way; the long transaction holds on all the while.
    await Promise.all([accept(), accept()]);
    expect(await appliedCount()).toBeLessThan(3);
    await reading.query('COMMIT');
    await reading.end();
    await migrated;
    expect(await appliedCount()).toBeGreaterThan(5);
    const requests = await withConnection(url, (sql) => sql.query('SELECT * FROM request'));
    expect(requests.rows).toHaveLength(2);
  }, 60_000);
});
