import { acceptance, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { Client, DatabaseError } from 'pg';
import { openStorage } from '../open-storage';
import { KeptConnection } from './kept-connection';
import { roleSettings, type StorageRole } from './roles';
import { sessionOf } from './session';
import { WritingConnection } from './writing-connection';

const WHO = 'SELECT current_user::text AS who';

describe('a service on the database', () => {
  let database: TestDatabase;
  /** Made by the operator, with a password of its own and no rights but those of its role. */
  let loginUrl: string;

  beforeAll(async () => {
    database = await startTestDatabase();
    await database.superuser((sql) => sql.query(`CREATE ROLE spec_login LOGIN PASSWORD 'spec' NOINHERIT`));
    const login = new URL(database.url);
    [login.username, login.password] = ['spec_login', 'spec'];
    loginUrl = login.href;
  }, 60_000);

  afterAll(async () => {
    await database.superuser((sql) => sql.query('DROP ROLE spec_login'));
    await database.close();
  }, 30_000);

  const options = { poolSize: 1, applicationName: 'spec' };
  const superuser = (text: string) => database.superuser((sql) => sql.query(text));

  it('works under its role on every connection it makes', async () => {
    const writing = new WritingConnection({ url: database.url, applicationName: 'spec', role: 'gateway' });
    expect(await writing.rows({ text: WHO, values: [] })).toEqual([{ who: 'medserve_gateway' }]);
    // As after a pool that cleans its connections.
    await writing.rows({ text: 'RESET ALL', values: [] });
    expect(await writing.rows({ text: WHO, values: [] })).toEqual([{ who: 'medserve_gateway' }]);
    await writing.close();

    let who: unknown;
    const kept = new KeptConnection({
      url: database.url,
      applicationName: 'spec',
      role: 'recorder',
      retryMs: 10,
      prepare: async (client) => {
        who = (await client.query(WHO)).rows;
        await client.query('LISTEN spec');
        return true;
      },
    });
    await kept.ready();
    expect(who).toEqual([{ who: 'medserve_recorder' }]);
    await kept.close();
  });

  it('is told which grant it lacks, and starts once it has it', async () => {
    await expect(openStorage({ ...options, url: loginUrl, role: 'gateway' })).rejects.toThrow(
      /may not work as medserve_gateway; .* GRANT medserve_gateway TO/,
    );
    await superuser('GRANT medserve_gateway TO spec_login');
    const storage = await openStorage({ ...options, url: loginUrl, role: 'gateway' });
    expect(await storage.records.accept(acceptance())).toEqual({ kind: 'accepted' });
    const ownership = await storage.holdOwnership();
    await ownership.release();
    await storage.close();
  });

  it('refuses to start where its role is past row security, or where that is off', async () => {
    await superuser('ALTER ROLE medserve_gateway BYPASSRLS');
    await expect(openStorage({ ...options, url: database.url, role: 'gateway' })).rejects.toThrow(
      /run: ALTER ROLE medserve_gateway NOSUPERUSER NOBYPASSRLS/,
    );
    await superuser('ALTER ROLE medserve_gateway NOBYPASSRLS; ALTER TABLE api_key DISABLE ROW LEVEL SECURITY');
    await expect(openStorage({ ...options, url: database.url, role: 'gateway' })).rejects.toThrow(
      /row security is off/,
    );
    await superuser('ALTER TABLE api_key ENABLE ROW LEVEL SECURITY');
  });

  it('gives up a lock, a statement and a transaction that takes too long', async () => {
    const client = new Client(sessionOf(database.url, roleSettings('gateway')));
    await client.connect();
    const { rows } = await client.query(`SELECT name FROM pg_settings WHERE setting::bigint > 0 AND name = ANY($1)`, [
      ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'],
    ]);
    expect(rows).toHaveLength(3);
    await client.end();
  });

  describe.each<[StorageRole, Record<string, string>]>([
    [
      'gateway',
      {
        'delete a request': 'DELETE FROM request',
        'move a request to another tenant': `UPDATE request SET tenant = 'other'`,
        'take back that a request was accepted': 'UPDATE request SET accepted_event = id',
        'change what waits for the ledger': `UPDATE outbox SET payload = ''`,
        'take out what waits for the ledger': 'DELETE FROM outbox',
        'read what waits for the ledger': 'SELECT payload FROM outbox',
        'say where in the outbox something is': `INSERT INTO outbox (event, tenant, payload, state) VALUES (gen_random_uuid(), 'a', '', 'sent')`,
        'delete a key': 'DELETE FROM api_key',
        'give a key more scopes': `UPDATE api_key SET scopes = '{infer}'`,
        'make a tenant': `INSERT INTO tenant (id, name) VALUES ('a', 'a')`,
        'add to the ledger': `INSERT INTO ledger_entry SELECT * FROM ledger_entry`,
        'change the ledger': 'UPDATE ledger_state SET size = 0',
        'empty a table': 'TRUNCATE request',
        'switch row security off': 'ALTER TABLE request DISABLE ROW LEVEL SECURITY',
      },
    ],
    [
      'recorder',
      {
        'accept a request': `INSERT INTO request SELECT * FROM request`,
        'delete a request': 'DELETE FROM request',
        'change an answer': `UPDATE request SET result = ''`,
        'change what an answer is': `UPDATE request SET content_type = ''`,
        'read a key': 'SELECT hash FROM api_key',
        'make a key': 'INSERT INTO api_key SELECT * FROM api_key',
        'change an entry': `UPDATE ledger_entry SET leaf = ''`,
        'delete an entry': 'DELETE FROM ledger_entry',
        'delete a checkpoint': 'DELETE FROM ledger_checkpoint',
        'change a checkpoint': `UPDATE ledger_checkpoint SET note = ''`,
        'empty the ledger': 'TRUNCATE ledger_entry',
        'change what waits for the ledger': `UPDATE outbox SET payload = ''`,
        'read what the monitor knows': 'SELECT * FROM monitor_total',
      },
    ],
    [
      'monitor',
      {
        'read a request': 'SELECT id FROM request',
        'end a request': `UPDATE request SET status = 'failed'`,
        'read what waits for the ledger': 'SELECT payload FROM outbox',
        'add to what waits for the ledger': `INSERT INTO outbox (event, tenant, payload) VALUES (gen_random_uuid(), 'a', '')`,
        'take out what waits for the ledger': 'DELETE FROM outbox',
        'add to the ledger': 'INSERT INTO ledger_entry SELECT * FROM ledger_entry',
        'change the ledger': 'UPDATE ledger_state SET size = 0',
        'change an entry': `UPDATE ledger_entry SET leaf = ''`,
        'delete an entry': 'DELETE FROM ledger_entry',
        'make a partition of the ledger': `SELECT ledger_make_partition(gen_random_uuid())`,
        'read a key': 'SELECT hash FROM api_key',
        'read who is a tenant': 'SELECT id FROM tenant',
        'read what patients and users are called by': 'SELECT * FROM content_key',
      },
    ],
  ])('that is the %s', (role, forbidden) => {
    it.each(Object.entries(forbidden))('may not %s', async (_, text) => {
      const connection = new WritingConnection({ url: database.url, applicationName: 'spec', role });
      const refusal = await connection.rows({ text, values: [] }).catch((error: unknown) => error);
      await connection.close();
      expect(refusal).toBeInstanceOf(DatabaseError);
      expect((refusal as DatabaseError).code).toBe('42501');
    });
  });
});

describe('the owner of the tables, who is no superuser', () => {
  it('sees no row while row security is forced, and all of them when it is not', async () => {
    const database = await startTestDatabase();
    const storage = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec' });
    await storage.records.accept(acceptance());
    await storage.close();
    const seen = await database.superuser(async (sql) => {
      const count = async () =>
        (await sql.query<{ count: number }>('SELECT count(*)::int FROM request')).rows[0]?.count;
      await sql.query(
        `CREATE ROLE spec_owner; ALTER TABLE request OWNER TO spec_owner; GRANT USAGE ON SCHEMA public TO spec_owner`,
      );
      await sql.query('SET ROLE spec_owner');
      const forced = await count();
      await sql.query('ALTER TABLE request NO FORCE ROW LEVEL SECURITY');
      const unforced = await count();
      await sql.query(
        'RESET ROLE; ALTER TABLE request OWNER TO CURRENT_USER; DROP OWNED BY spec_owner; DROP ROLE spec_owner',
      );
      return { forced, unforced };
    });
    await database.close();
    expect(seen).toEqual({ forced: 0, unforced: 1 });
  }, 60_000);
});
