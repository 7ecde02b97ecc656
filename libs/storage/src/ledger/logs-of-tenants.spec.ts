import { generateKeyPairSync } from 'node:crypto';
import { encodeEvent, newEventId, type EventMessage } from '@medserve/events';
import { openNote, parseCheckpoint } from '@medserve/ledger';
import {
  acceptance,
  completion,
  recordEvent,
  startTestServer,
  type TestDatabase,
  type TestServer,
} from '@medserve/testkit';
import { Pool } from 'pg';
import { Database } from '../database/database';
import { openStorage, type Storage } from '../open-storage';
import { LogsAndMonths } from './logs-and-months';

const { privateKey: key } = generateKeyPairSync('ed25519');

describe('a log for each tenant', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);

  afterAll(() => server.stop(), 30_000);

  beforeEach(async () => {
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'spec' });
  }, 60_000);

  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  async function commit(tenant: string): Promise<string> {
    const id = newEventId();
    await storage.records.accept(acceptance({ id, tenant, event: recordEvent({ request: id, tenant }) }));
    const { event, ...ending } = completion(id);
    await storage.records.finish({ ...ending, tenant, event: { ...event, tenant } });
    return id;
  }

  const verify = async (tenant: string) =>
    storage.ledger.verify(tenant, { verifier: await storage.ledger.verifierKey(tenant, key) });

  /** Commits something as an event that is none. */
  async function poison(tenant: string, payload: Buffer, request: string | null = null): Promise<EventMessage> {
    const id = newEventId();
    await database.superuser((sql) =>
      sql.query('INSERT INTO outbox (event, tenant, request, payload) VALUES ($1, $2, $3, $4)', [
        id,
        tenant,
        request,
        payload,
      ]),
    );
    return { id, key: id, bytes: payload };
  }

  it('is made once, by however many writers that need it at once, in whatever order', async () => {
    const pools = Array.from({ length: 6 }, () => new Pool({ connectionString: database.url, max: 1 }));
    const writers = pools.map((pool) => new LogsAndMonths(new Database(pool)));
    for (let round = 0; round < 5; round += 1) {
      const tenants = Array.from({ length: 400 }, (_, at) => `clinic-${String(round)}-${String(at)}`);
      const turned = tenants.toReversed();
      await Promise.all(writers.map((writer, at) => writer.makeLogs(at % 2 === 0 ? tenants : turned)));
    }
    expect(await storage.ledger.logs()).toHaveLength(1 + 5 * 400);
    await Promise.all(pools.map((pool) => pool.end()));
  });

  it('takes a mixed batch apart, each event into the log of its tenant, whose name and key are its own', async () => {
    const tenants = ['b-clinic', 'a-clinic', 'home', 'b-clinic'];
    const ids = await Promise.all(tenants.map(commit));
    expect(await storage.ledger.append(await storage.outbox.unsent(100))).toMatchObject({ count: 8 });
    const logs = await storage.ledger.logs();
    expect(logs.map(({ tenant, size }) => [tenant, size])).toEqual([
      ['a-clinic', 2],
      ['b-clinic', 4],
      ['home', 2],
    ]);
    const home = logs.find(({ tenant }) => tenant === 'home')?.origin ?? '';
    expect(logs.map(({ origin }) => origin)).toEqual([`${home}/a-clinic`, `${home}/b-clinic`, home]);
    for (const [at, tenant] of tenants.entries()) {
      const records = await storage.ledger.recordsOf(tenant, ids[at] ?? '');
      expect(records?.map(({ event }) => event)).toEqual(['accepted', 'completed']);
    }
    for (const { tenant, origin } of logs) {
      const note = await storage.ledger.checkpoint(tenant, key);
      expect(parseCheckpoint(openNote(note, await storage.ledger.verifierKey(tenant, key))).origin).toBe(origin);
      expect(await verify(tenant)).toMatchObject({ tenant, origin, problems: [] });
    }
    await expect(storage.ledger.state('nobody')).rejects.toMatchObject({ reason: 'not_found' });
  }, 30_000);

  it('lets writers append mixed batches at once, in any order, without waiting in a ring', async () => {
    for (let at = 0; at < 30; at += 1) await commit(['x', 'y', 'z'][at % 3] ?? '');
    const events = await storage.outbox.unsent(100);
    const batches = Array.from({ length: 8 }, (_, at) =>
      [...events.slice(7 * at), ...events.slice(0, 7 * at)].reverse(),
    );
    await Promise.all(batches.map((batch) => storage.ledger.append(batch)));
    for (const tenant of ['x', 'y', 'z']) expect(await verify(tenant)).toMatchObject({ size: 20, problems: [] });
  }, 30_000);

  it.each([
    ['no JSON', () => Buffer.from('not an event')],
    ['JSON of another event', () => encodeEvent(recordEvent({ tenant: 'clinic' }))],
    ['more bytes than an entry can have', () => Buffer.alloc(70_000, 32)],
    ['nothing', () => Buffer.alloc(0)],
  ])(
    'puts aside what was committed as an event and is %s, says so, and goes on',
    async (_, payload) => {
      const bad = await poison('clinic', payload());
      const good = await commit('clinic');
      const events = [bad, ...(await storage.outbox.unsent(10)).filter(({ id }) => id !== bad.id)];
      expect(await storage.ledger.append(events)).toEqual({ count: 3, refused: [], parked: [bad.id], held: [] });
      expect(await storage.outbox.waiting()).toBe(0);
      expect(await storage.ledger.recordsOf('clinic', good)).toHaveLength(2);
      const verdict = await verify('clinic');
      expect(verdict).toMatchObject({ size: 3, parked: 1, problems: [] });
      await database.superuser(async (sql) => {
        const { rows } = await sql.query<{ said: { event: string; subject: string } }>(
          `SELECT convert_from(leaf, 'UTF8')::json AS said FROM ledger_entry WHERE tenant = 'clinic' AND index = 0`,
        );
        expect(rows[0]?.said).toMatchObject({ event: 'event_parked', subject: `event:${bad.id}` });
      });
      expect(await storage.ledger.append(events)).toMatchObject({ count: 0, parked: [] });
    },
    30_000,
  );

  it('tells in the log of the home of events of a tenant that can have no log', async () => {
    const bad = await poison('no tenant+', Buffer.from('{}'));
    expect(await storage.ledger.append([bad])).toMatchObject({ count: 1, parked: [bad.id] });
    expect(await verify('home')).toMatchObject({ size: 1, problems: [] });
  }, 30_000);

  it('is not held up by a message whose id is none', async () => {
    await commit('clinic');
    const events = await storage.outbox.unsent(10);
    const nonsense = { id: 'no id', key: 'k', bytes: Buffer.from('x') };
    expect(await storage.ledger.append([nonsense, ...events])).toMatchObject({ count: 2, refused: ['no id'] });
  }, 30_000);

  it('makes the partition of a month that nobody foresaw', async () => {
    await storage.ledger.makeMonths(new Date('2026-11-25T00:00:00Z'));
    const id = `01f00000-0000-7000-8000-000000000001`;
    const event = recordEvent({ id, tenant: 'clinic' });
    await database.superuser((sql) =>
      sql.query(`INSERT INTO outbox (event, tenant, request, payload) VALUES ($1, 'clinic', $2, $3)`, [
        id,
        event.request,
        encodeEvent(event),
      ]),
    );
    await storage.ledger.append([{ id, key: id, bytes: encodeEvent(event) }]);
    await database.superuser(async (sql) => {
      const text = `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass ORDER BY 1`;
      expect((await sql.query<{ name: string }>(text)).rows.map(({ name }) => name)).toEqual([
        'ledger_entry_2026_11',
        'ledger_entry_2026_12',
        'ledger_entry_2027_01',
        'ledger_entry_2037_07',
      ]);
    });
  }, 30_000);

  it('shows a gateway the log of the tenant that it works for and no other, and lets it change nothing', async () => {
    await commit('one');
    await commit('two');
    await storage.ledger.append(await storage.outbox.unsent(10));
    await storage.ledger.checkpoint('two', key);
    await database.superuser(async (sql) => {
      await sql.query('SET ROLE medserve_gateway');
      for (const table of ['ledger_state', 'ledger_entry', 'ledger_tile', 'ledger_checkpoint']) {
        await sql.query(`SELECT set_config('medserve.tenant', '{one}', false)`);
        const { rows } = await sql.query<{ tenant: string }>(`SELECT DISTINCT tenant FROM ${table}`);
        expect([table, rows.map(({ tenant }) => tenant)]).toEqual([
          table,
          table === 'ledger_checkpoint' ? [] : ['one'],
        ]);
        await sql.query(`SELECT set_config('medserve.tenant', '', false)`);
        expect((await sql.query(`SELECT FROM ${table}`)).rows).toEqual([]);
        for (const statement of [`DELETE FROM ${table}`, `UPDATE ${table} SET tenant = 'one'`, `TRUNCATE ${table}`])
          await expect(sql.query(statement)).rejects.toThrow('permission denied');
      }
      await expect(sql.query('SELECT FROM ledger_entry_2026_11')).rejects.toThrow(/permission denied|does not exist/);
    });
  }, 30_000);

  it('lets a recorder add, and neither change, delete, empty nor drop', async () => {
    await commit('one');
    const recorder = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'recorder' });
    expect(await recorder.ledger.append(await recorder.outbox.unsent(10))).toMatchObject({ count: 2 });
    await recorder.ledger.checkpoint('one', key);
    await recorder.ledger.makeMonths(new Date());
    await recorder.ledger.retention.seal(new Date());
    await recorder.close();
    await database.superuser(async (sql) => {
      await sql.query('SET ROLE medserve_recorder');
      for (const table of ['ledger_entry', 'ledger_checkpoint', 'ledger_seal', 'ledger_cosignature', 'parked_event']) {
        for (const statement of [`DELETE FROM ${table}`, `UPDATE ${table} SET tenant = 'one'`, `TRUNCATE ${table}`])
          await expect(sql.query(statement)).rejects.toThrow('permission denied');
        await expect(sql.query(`DROP TABLE ${table}`)).rejects.toThrow('must be owner');
      }
      for (const table of ['ledger_tile', 'ledger_state'])
        await expect(sql.query(`DELETE FROM ${table}`)).rejects.toThrow('permission denied');
      await expect(sql.query(`SELECT ledger_delete_month('2020-01')`)).rejects.toThrow('permission denied');
    });
    expect(await verify('one')).toMatchObject({ problems: [] });
  }, 30_000);
});
