import { startTestServer, type TestDatabase } from './postgres';

/** All that the migrations make, by name and kind. */
const schemaOf = (database: TestDatabase): Promise<string[]> =>
  database.superuser(async (sql) => {
    const { rows } = await sql.query<{ what: string }>(
      `SELECT table_name || '.' || column_name || ' ' || data_type AS what FROM information_schema.columns WHERE table_schema = 'public'
       UNION ALL SELECT proname || ' ' || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
       UNION ALL SELECT 'policy ' || tablename || ' ' || policyname FROM pg_policies ORDER BY 1`,
    );
    return rows.map(({ what }) => what);
  });

/** A server and two databases of it, made at once. @param isAlone in no run whose files share a folder */
async function withDatabases<T>(isAlone: boolean, work: (databases: TestDatabase[]) => Promise<T>): Promise<T> {
  const run = process.env['MEDSERVE_TEST_RUN_DIR'];
  if (isAlone) delete process.env['MEDSERVE_TEST_RUN_DIR'];
  const server = await startTestServer();
  if (run !== undefined) process.env['MEDSERVE_TEST_RUN_DIR'] = run;
  try {
    return await work(await Promise.all([server.database(), server.database()]));
  } finally {
    await server.stop();
  }
}

describe('the databases of a test server', () => {
  it('are the same, copied from the template of a run or made by the migrations', async () => {
    const made = await withDatabases(true, ([database]) => schemaOf(database!));
    const copied = await withDatabases(false, ([database]) => schemaOf(database!));
    expect(made.length).toBeGreaterThan(100);
    expect(copied).toEqual(made);
  });

  it('have nothing of one another', async () => {
    await withDatabases(false, async ([one, other]) => {
      await one!.superuser((sql) => sql.query('CREATE TABLE mine (at int)'));
      expect(await schemaOf(other!)).not.toContain('mine.at integer');
    });
  });
});
