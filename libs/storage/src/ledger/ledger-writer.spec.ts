import { encodeEvent, type EventMessage } from '@medserve/events';
import {
  acceptance,
  completion,
  recordEvent,
  startTestServer,
  type TestDatabase,
  type TestServer,
} from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

describe('LedgerWriter', () => {
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

  async function commit(requests: number): Promise<void> {
    for (let at = 0; at < requests; at += 1) {
      const request = acceptance();
      await storage.records.accept(request);
      await storage.records.finish(completion(request.id, `{"n":${String(at)}}`));
    }
  }

  const leaves = () =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ leaf: Buffer }>('SELECT leaf FROM ledger_entry ORDER BY index');
      return rows.map(({ leaf }) => leaf);
    });

  it('appends the committed bytes in the order of their commit, and takes them out of the outbox', async () => {
    await commit(5);
    const events = await storage.outbox.unsent(100);
    expect(await storage.ledger.append(events)).toEqual({ count: 10, refused: [], parked: [], held: [] });
    expect(await leaves()).toEqual(events.map(({ bytes }) => bytes));
    expect(await storage.outbox.waiting()).toBe(0);
    await storage.ledger.caughtUp();
  });

  it('takes an event once, however often it is delivered, by however many writers at once', async () => {
    await commit(40);
    const events = await storage.outbox.unsent(100);
    const other = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
    const deliveries = [events.slice(0, 50), events.slice(30), events, events.slice(10, 20), events];
    await Promise.all(deliveries.map((part, at) => (at % 2 === 0 ? storage : other).ledger.append(part)));
    expect((await storage.ledger.state('local')).size).toBe(80);
    expect((await leaves()).map(String).sort()).toEqual(events.map(({ bytes }) => String(bytes)).sort());
    await other.close();
  });

  it('refuses a known event with other bytes, before and after it was appended, and an event that nobody committed', async () => {
    await commit(1);
    const events = await storage.outbox.unsent(10);
    const [first, second] = events as [EventMessage, EventMessage];
    const changed = { ...first, bytes: Buffer.from('{}') };
    const forged = recordEvent();
    const unknown = { id: forged.id, key: forged.request, bytes: encodeEvent(forged) };
    expect(await storage.ledger.append([changed, second, unknown])).toEqual({
      count: 1,
      refused: [changed.id, unknown.id],
      parked: [],
      held: [],
    });
    await storage.ledger.append([first]);
    expect(await storage.ledger.append([changed])).toMatchObject({ count: 0, refused: [changed.id] });
    expect(await leaves()).toEqual([second.bytes, first.bytes]);
  });

  it('finds an event that commits after later ones were already sent', async () => {
    const late = acceptance();
    await database.superuser(async (sql) => {
      await sql.query('BEGIN');
      await sql.query(`INSERT INTO outbox (event, tenant, request, payload) VALUES ($1, 'local', $2, $3)`, [
        late.event.id,
        late.id,
        encodeEvent(late.event),
      ]);
      await commit(2);
      const later = await storage.outbox.unsent(100);
      expect(later).toHaveLength(4);
      await storage.outbox.sent(later.map(({ id }) => id));
      await sql.query('COMMIT');
    });
    expect((await storage.outbox.unsent(100)).map(({ id }) => id)).toEqual([late.event.id]);
  });

  it('sends again what was sent and is not in the ledger, and nothing else', async () => {
    await commit(2);
    const events = await storage.outbox.unsent(100);
    await storage.ledger.append(events.slice(0, 2));
    await storage.outbox.sent(events.map(({ id }) => id));
    expect(await storage.outbox.unsent(100)).toEqual([]);
    expect(await storage.outbox.reclaim(60_000)).toBe(0);
    expect(await storage.outbox.reclaim(0)).toBe(2);
    expect(await storage.outbox.unsent(100)).toEqual(events.slice(2));
  });

  it('keeps a whole log when its connection is killed in the middle of an append, and the next append goes on', async () => {
    await commit(30);
    const events = await storage.outbox.unsent(100);
    await storage.ledger.append(events.slice(0, 10));
    await database.superuser(async (sql) => {
      // Held here, the append stands in the middle of its transaction, between reading the state and writing.
      await sql.query('BEGIN');
      await sql.query('LOCK TABLE ledger_tile IN ACCESS EXCLUSIVE MODE');
      const appending = storage.ledger.append(events.slice(10, 40));
      const failed = expect(appending).rejects.toThrow();
      const waiting = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      let pids: { pid: number }[] = [];
      while (pids.length === 0) pids = (await sql.query<{ pid: number }>(waiting)).rows;
      await sql.query('SELECT pg_terminate_backend($1, 5000)', [pids[0]?.pid]);
      await sql.query('COMMIT');
      await failed;
    });
    expect((await storage.ledger.state('local')).size).toBe(10);
    await storage.ledger.append(events);
    expect((await storage.ledger.state('local')).size).toBe(60);
    expect(await leaves()).toEqual(events.map(({ bytes }) => bytes));
  });

  it('refuses to change, delete or empty what was appended', async () => {
    await commit(1);
    await storage.ledger.append(await storage.outbox.unsent(10));
    await database.superuser(async (sql) => {
      for (const statement of [
        `UPDATE ledger_entry SET leaf = 'x'`,
        'DELETE FROM ledger_entry',
        'TRUNCATE ledger_entry',
        `UPDATE ledger_tile SET bytes = decode(repeat('00', 32), 'hex')`,
        'DELETE FROM ledger_tile',
        'UPDATE ledger_state SET size = 1',
        'DELETE FROM ledger_state',
      ]) {
        await expect(sql.query(statement)).rejects.toThrow('only grows');
      }
    });
  });

  it('tells when the wait for the ledger was in vain', async () => {
    await commit(1);
    await expect(storage.ledger.caughtUp({ timeoutMs: 0 })).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
