import { randomBytes } from 'node:crypto';
import { encodeEvent } from '@medserve/events';
import { acceptance, completion, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { Client } from 'pg';
import { roleSettings } from '../database/roles';
import { sessionOf } from '../database/session';
import { WRITING_SESSION } from '../database/writing-connection';
import { writeRecords, type RecordChange } from './write-records';

const accept = (tenant: string): RecordChange => {
  const { id, actor, fingerprint, owner, event } = acceptance({ tenant });
  const rest = {
    keyHash: randomBytes(32),
    leaseMs: 1_000,
    event: event.id,
    payload: encodeEvent(event),
    traceparent: null,
  };
  return { kind: 'accept', id, tenant, actor, fingerprint, owner, ...rest };
};

const finish = (change: RecordChange): RecordChange => {
  const { id, event, result } = completion(change.kind === 'tell' ? '' : change.id);
  const said = { status: 'completed' as const, result: result?.bytes ?? null, contentType: 'application/json' };
  return {
    kind: 'finish',
    id,
    tenant: change.tenant,
    ...said,
    event: event.id,
    payload: encodeEvent(event),
    traceparent: null,
  };
};

/** How often this session has searched each index of the tables, and the whole of them, less what the server counted away. */
const SEARCHES = `
WITH looked_into AS (SELECT unnest(ARRAY['request', 'job']::regclass[]) AS oid)
SELECT relname AS place, pg_stat_get_xact_numscans(oid)::int AS searches FROM pg_class
WHERE oid IN (SELECT oid FROM looked_into UNION SELECT indexrelid FROM pg_index JOIN looked_into ON indrelid = oid)
ORDER BY relname`;

describe('the statements that write records, behind row security', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await startTestDatabase();
    // Planned on an empty table, and kept.
    client = new Client(sessionOf(database.url, [...WRITING_SESSION, ...roleSettings('gateway')]));
    await client.connect();
  }, 60_000);

  afterAll(async () => {
    await client.end();
    await database.close();
  }, 30_000);

  const connection = {
    rows: async <T>(statement: { text: string; values: unknown[] }): Promise<T[]> =>
      (await client.query(statement)).rows as T[],
  };

  it.each([
    ['one ending', 1],
    ['many changes', 8],
  ])(
    'find the requests of %s, and their places in the list, by their primary keys and nothing else',
    async (_, count) => {
      const accepts = Array.from({ length: count }, (_, at) => accept(`tenant-${String(at)}`));
      expect(await writeRecords(connection, accepts)).toEqual(accepts.map(() => true));
      await client.query('BEGIN');
      const searches = async () => {
        const { rows } = await client.query<{ place: string; searches: number }>(SEARCHES);
        return new Map(rows.map((row) => [row.place, row.searches]));
      };
      const before = await searches();
      expect(await writeRecords(connection, accepts.map(finish))).toEqual(accepts.map(() => true));
      const after = await searches();
      await client.query('COMMIT');
      const searched = [...after].flatMap(([place, times]) => {
        const more = times - (before.get(place) ?? 0);
        return more === 0 ? [] : [{ place, times: more }];
      });
      expect(searched).toEqual([
        { place: 'job_pkey', times: count },
        { place: 'request_pkey', times: count },
      ]);
    },
  );

  it('take one round trip, and leave no tenant named on the connection', async () => {
    const sent = jest.spyOn(client, 'query');
    await writeRecords(connection, [
      accept('a'),
      accept('b'),
      { kind: 'tell', tenant: 'c', event: completion('').event.id, payload: Buffer.from('{}') },
    ]);
    expect(sent).toHaveBeenCalledTimes(1);
    sent.mockRestore();
    const { rows } = await client.query(`SELECT nullif(current_setting('medserve.tenant', true), '') AS left`);
    expect(rows).toEqual([{ left: null }]);
  });
});
