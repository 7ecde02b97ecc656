import { generateKeyPairSync } from 'node:crypto';
import { growLedger, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import type { Queryable } from '../../database/database';
import type { SqlConnection } from '../../database/with-connection';
import { openStorage, type Storage } from '../../open-storage';
import { verifyLog, type Verdict } from '../verify-log';
import { dice, NO_TAMPERS, TAMPERS, type Target } from './tampers';

const SEED = Number(process.env['MEDSERVE_TAMPER_SEED'] ?? 20_261_125);
/** On a ledger of 1,000 rows: a few here, 10,000 on demand. */
const TIMES = Number(process.env['MEDSERVE_TAMPERS'] ?? 200);
/** On a ledger of 100,000 rows: only on demand, where 100 take some minutes. */
const TIMES_LARGE = Number(process.env['MEDSERVE_TAMPERS_LARGE'] ?? 0);

const { privateKey: key } = generateKeyPairSync('ed25519');

describe.each([
  { rows: 1_000, times: TIMES },
  { rows: 100_000, times: TIMES_LARGE },
])('a ledger of $rows rows that a superuser tampers with', ({ rows, times }) => {
  if (times === 0) {
    it.skip('is tampered with where MEDSERVE_TAMPERS_LARGE says how often', () => undefined);
    return;
  }
  const names = Object.keys(TAMPERS);
  let database: TestDatabase;
  let storage: Storage;
  let verifier: string;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec' });
    await growLedger(database, storage, rows / 4, key);
    await growLedger(database, storage, rows / 4, key);
    verifier = await storage.ledger.verifierKey('local', key);
    await database.superuser((sql) => sql.query('ANALYZE'));
  }, 120_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const clientOf = (sql: SqlConnection): Queryable => ({
    rows: async ({ text, values }) => (await sql.query<never>(text, values)).rows,
  });

  /** Does something to the ledger, looks at it, and undoes it. */
  async function verdictAfter<T>(
    sql: SqlConnection,
    seed: number,
    work: (target: Target) => Promise<T>,
    sampledResults: number,
  ): Promise<[Verdict, T]> {
    const client = clientOf(sql);
    await sql.query('BEGIN; SET LOCAL session_replication_role = replica');
    try {
      const done = await work({ client, size: rows, roll: dice(seed) });
      return [await verifyLog(client, 'local', { verifier, sampledResults }), done];
    } finally {
      await sql.query('ROLLBACK');
    }
  }

  it.each(names)(
    'is found out when %s, and where',
    async (name) => {
      const share = Math.ceil(times / names.length);
      const sampledResults = name === 'an answer is changed' ? rows : 0;
      await database.superuser(async (sql) => {
        for (let at = 0; at < share; at += 1) {
          const seed = SEED + names.indexOf(name) * 1_000_003 + at;
          const [{ problems }, expected] = await verdictAfter(
            sql,
            seed,
            TAMPERS[name] ?? (() => Promise.reject(new Error())),
            sampledResults,
          );
          if (
            !problems.some((problem) =>
              Object.entries(expected).every(([field, value]) => problem[field as 'kind'] === value),
            )
          )
            throw new Error(
              `seed ${String(seed)}: ${JSON.stringify(expected)} is not among ${JSON.stringify(problems)}`,
            );
        }
      });
    },
    1_800_000,
  );

  it.each(Object.keys(NO_TAMPERS))(
    'is whole when %s',
    async (name) => {
      await database.superuser(async (sql) => {
        const [verdict] = await verdictAfter(sql, SEED, NO_TAMPERS[name] ?? (() => Promise.reject(new Error())), rows);
        expect(verdict).toMatchObject({ size: rows, problems: [], checked: { entries: rows } });
      });
    },
    120_000,
  );
});
