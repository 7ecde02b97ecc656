import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import type { DataSource } from 'typeorm';
import { z, ZodError } from 'zod';
import { createDataSource, poolOf } from './data-source';
import { Database, orUnavailable } from './database';

const NAMED = `SELECT nullif(current_setting('medserve.tenant', true), '')::text[] AS tenants`;
const statement = (text: string, values: unknown[] = []) => ({ text, values });

describe('Database', () => {
  let server: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    server = await startTestDatabase();
    const options = { url: server.url, poolSize: 1, applicationName: 'spec' };
    dataSource = createDataSource({ ...options, role: 'gateway', replyTimeoutMs: 2_000 });
    await dataSource.initialize();
    await server.superuser((sql) => sql.query('CREATE TABLE pair (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)'));
    await server.superuser((sql) =>
      sql.query('GRANT ALL ON pair TO medserve_gateway; INSERT INTO pair VALUES (1), (2)'),
    );
  }, 60_000);

  afterAll(async () => {
    await dataSource.destroy();
    await server.close();
  }, 30_000);

  it.each(['home', 'a,b', '{a,b}', `a' || 'b`, 'a\\', '"', 'NULL', ''])(
    'names the tenant <%s> for its transaction as it is, and leaves none to the next',
    async (tenant) => {
      const database = new Database(poolOf(dataSource));
      const named = await database.forTenant(tenant, (client) => client.rows(statement(NAMED)));
      expect(named).toEqual([{ tenants: [tenant] }]);
      await expect(database.forTenant(tenant, () => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
      await expect(database.forTenant(tenant, (client) => client.rows(statement('SELEKT')))).rejects.toThrow('syntax');
      expect(await database.rows(statement(NAMED))).toEqual([{ tenants: null }]);
    },
  );

  it('says that nothing was committed when a statement failed and the work went on', async () => {
    const database = new Database(poolOf(dataSource));
    const work = database.forTenant('home', async (client) => {
      await client.rows(statement('UPDATE pair SET n = 100'));
      await client.rows(statement('SELECT 1 / 0')).catch(() => undefined);
    });
    await expect(work).rejects.toThrow('was undone');
    expect(await database.rows(statement('SELECT n FROM pair WHERE n = 100'))).toEqual([]);
  });

  it('does again what lost in a deadlock: both of two that took the same rows the other way round end well', async () => {
    const many = createDataSource({ url: server.url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
    await many.initialize();
    const database = new Database(poolOf(many));
    let met = 0;
    let meet = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const take = (first: number, second: number) =>
      database.forTenant('home', async (client) => {
        await client.rows(statement('UPDATE pair SET n = n + 1 WHERE id = $1', [first]));
        met += 1;
        if (met === 2) meet();
        await both;
        await client.rows(statement('UPDATE pair SET n = n + 1 WHERE id = $1', [second]));
      });
    await Promise.all([take(1, 2), take(2, 1)]);
    // Once more where who lost was back before the other had the row.
    expect(met).toBeGreaterThan(2);
    expect(await database.rows(statement('SELECT n FROM pair ORDER BY id'))).toEqual([{ n: 2 }, { n: 2 }]);
    await many.destroy();
  }, 30_000);

  it('lets a bounded number wait for a connection, and refuses the others at once as overloaded', async () => {
    const database = new Database(poolOf(dataSource), 2);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const held = database.transaction('read committed', () => {
      begin();
      return released;
    });
    await begun;
    const waiting = [database.rows(statement('SELECT 1 AS one')), database.rows(statement('SELECT 1 AS one'))];
    await expect(database.rows(statement('SELECT 1'))).rejects.toMatchObject({
      reason: 'overloaded',
      retryAfterMs: 1_000,
    });
    await expect(database.forTenant('home', () => Promise.resolve())).rejects.toMatchObject({ reason: 'overloaded' });
    release();
    await held;
    expect(await Promise.all(waiting)).toEqual([[{ one: 1 }], [{ one: 1 }]]);
  });

  it('says `unavailable` and when to come back, where a statement takes too long or no connection comes free', async () => {
    const database = new Database(poolOf(dataSource));
    const away = { reason: 'unavailable', retryAfterMs: expect.any(Number) as number };
    await expect(database.rows(statement('SELECT pg_sleep(60)'))).rejects.toMatchObject(away);
    await expect(
      database.forTenant('home', (client) => client.rows(statement('SELECT pg_sleep(60)'))),
    ).rejects.toMatchObject(away);
    // The connections that did not answer are not given to anybody again.
    expect(await database.rows(statement(NAMED))).toEqual([{ tenants: null }]);
  }, 30_000);

  it('is not ended by a server that ends a connection in the moment in which it is handed on', async () => {
    const client = await poolOf(dataSource).connect();
    expect(() => client.emit('error', new Error('terminating connection due to administrator command'))).not.toThrow();
    client.release(true);
    expect(await new Database(poolOf(dataSource)).rows(statement('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('keeps a mistake of ours a mistake', async () => {
    const database = new Database(poolOf(dataSource));
    await expect(database.rows(statement('SELECT nothing'))).rejects.toMatchObject({ code: '42703' });
  });

  it('tells neither a value that it cannot hold nor an event that is none as an outage', async () => {
    const database = new Database(poolOf(dataSource));
    const nul = { text: 'SELECT $1::text', values: ['\u0000'] };
    await expect(orUnavailable(database.rows(nul))).rejects.toMatchObject({ code: '22021' });
    const mistaken = z.string().parseAsync(1);
    await expect(orUnavailable(mistaken)).rejects.toBeInstanceOf(ZodError);
    await expect(orUnavailable(Promise.reject(new RangeError('long')))).rejects.toThrow(RangeError);
    const gone = orUnavailable(Promise.reject(new Error('gone')));
    await expect(gone).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
