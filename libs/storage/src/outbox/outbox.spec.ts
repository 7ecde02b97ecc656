import { newEventId } from '@medserve/events';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import { ROW_BY_ROW } from '../database/database';
import { PLACES, RECLAIM, SENT, UNSENT, UNSENT_AT } from './postgres-outbox';

describe('the outbox', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);
  beforeEach(async () => {
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'recorder' });
  }, 60_000);
  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const sql = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    database.superuser(async (connection) => (await connection.query<Record<string, unknown>>(text, values)).rows);

  async function write(count: number, tenant = 'home', state = 'new'): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newEventId());
    await sql(
      `INSERT INTO outbox (event, tenant, payload, state, sent_at)
       SELECT id, $2, '{}', $3, now() - interval '1 minute' FROM unnest($1::uuid[]) WITH ORDINALITY AS fresh (id, at) ORDER BY at`,
      [ids, tenant, state],
    );
    return ids;
  }

  const unsent = async (): Promise<unknown[]> =>
    (await sql(`SELECT event FROM outbox WHERE state = 'new' ORDER BY position`)).map(({ event }) => event);

  it('gives what waits in the order in which it came, until it is marked sent', async () => {
    const ids = await write(30);
    const idsOf = async (): Promise<string[]> => (await storage.outbox.unsent(20)).map(({ id }) => id);
    expect(await idsOf()).toEqual(ids.slice(0, 20));
    expect(await idsOf()).toEqual(ids.slice(0, 20));
    await storage.outbox.sent(ids.slice(0, 20));
    expect(await idsOf()).toEqual(ids.slice(20));
  });

  it('passes over what is not wanted, however much it is, and keeps the order of the rest', async () => {
    await write(10_001, 'sick');
    const [first = ''] = await write(1, 'north');
    await write(10_001, 'sick');
    const others = await write(3, 'north');
    const ids = await storage.outbox.unsent(3, (key) => key !== 'sick');
    expect(ids.map(({ id }) => id)).toEqual([first, ...others.slice(0, 2)]);
    expect(await storage.outbox.unsent(3, () => false)).toEqual([]);
  });

  it('marks as sent what is still there, and does not wait for what the ledger is just taking', async () => {
    const [gone, taken, left] = await write(3);
    if (gone === undefined || taken === undefined || left === undefined) throw new Error('none');
    await sql('DELETE FROM outbox WHERE event = $1', [gone]);
    await database.superuser(async (ledger) => {
      await ledger.query('BEGIN');
      await ledger.query('DELETE FROM outbox WHERE event = $1', [taken]);
      await storage.outbox.sent([gone, taken, left]);
      await ledger.query('ROLLBACK');
    });
    expect(await unsent()).toEqual([taken]);
  });

  it('gives the trace of a request along with its event', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const [traced] = await write(2);
    await sql('UPDATE outbox SET traceparent = $1 WHERE event = $2', [traceparent, traced]);
    expect((await storage.outbox.unsent(2)).map((message) => message.traceparent)).toEqual([traceparent, undefined]);
  });

  it('makes unsent again what was sent long enough ago, however much it is', async () => {
    const ids = await write(4_500, 'home', 'sent');
    expect(await storage.outbox.reclaim(3_600_000)).toBe(0);
    expect(await storage.outbox.reclaim(30_000)).toBe(ids.length);
    expect(await unsent()).toEqual(ids);
    expect(await storage.outbox.reclaim(0)).toBe(0);
  });

  it('leaves those of the excepted tenants sent', async () => {
    await write(3, 'held', 'sent');
    const others = await write(2, 'north', 'sent');
    expect(await storage.outbox.reclaim(0, ['held', 'unheard-of'])).toBe(2);
    expect(await unsent()).toEqual(others);
  });

  /** How the server would do it, with the settings under which it is asked to. */
  const planOf = (text: string, values: unknown[]): Promise<string> =>
    database.superuser(async (connection) => {
      await connection.query(`BEGIN; ${ROW_BY_ROW}`);
      const { rows } = await connection.query<Record<string, unknown>>(`EXPLAIN ${text}`, values);
      await connection.query('COMMIT');
      return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    });

  /** Full now, and drained when the planner last looked. */
  async function writeAfterCounting(state: string): Promise<void> {
    await write(2_000);
    await sql('DELETE FROM outbox');
    await sql('ANALYZE outbox');
    await write(20_000, 'home', state);
  }

  it.each([
    ['was never counted', () => write(10)],
    ['was counted when it was drained', () => writeAfterCounting('new')],
  ])(
    'reads along its index, which forgets what is gone, also when the table %s',
    async (_, fill) => {
      await fill();
      for (const [text, values] of [
        [UNSENT, [500]],
        [PLACES, ['0', 10_000]],
      ] as const) {
        const plan = await planOf(text, [...values]);
        expect(plan).toContain('Index Scan using outbox_new');
        expect(plan).not.toMatch(/Bitmap|Sort|Seq Scan/);
      }
      expect(await planOf(UNSENT_AT, [['1', '2']])).toContain('Index Scan using outbox_pkey');
    },
    60_000,
  );

  it.each([
    ['marks', SENT, [[newEventId()]], 'new'],
    ['reclaims', RECLAIM, ['infinity', [], '0', 2_000], 'sent'],
  ])(
    '%s by position, row for row, also when the planner last saw it drained',
    async (_, text, values, state) => {
      await writeAfterCounting(state);
      const plan = await planOf(text, values);
      // A loop over a list, of which it expects one row, would go through all of the list for each row.
      expect(plan).toMatch(/ on outbox outbox_pkey|Scan using outbox_pkey on outbox/);
      expect(plan).toContain('Index Cond: ("position" = ANY (');
      expect(plan).not.toMatch(/Nested Loop|CTE Scan|Join/);
    },
    60_000,
  );
});
