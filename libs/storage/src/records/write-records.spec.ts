import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { WritingConnection } from '../database/writing-connection';
import { END_ONE, WRITE_MANY } from './write-records';

describe('the statements that write records', () => {
  let database: TestDatabase;
  let connection: WritingConnection;

  beforeAll(async () => {
    database = await startTestDatabase();
    connection = new WritingConnection({ url: database.url, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await connection.close();
    await database.close();
  }, 30_000);

  it.each([
    ['one ending', END_ONE, 7],
    ['many changes', WRITE_MANY, 16],
  ])(
    'find the requests of %s by their primary key, also when they are planned on an empty table',
    async (name, text, parameters) => {
      const statement = `"${name}"`;
      await connection.rows({ text: `PREPARE ${statement} AS ${text}`, values: [] });
      const nothing = Array.from({ length: parameters }, () => 'NULL').join(', ');
      const plan = await connection.rows<{ 'QUERY PLAN': string }>({
        text: `EXPLAIN EXECUTE ${statement} (${nothing})`,
        values: [],
      });
      const scans = plan
        .map((row) => row['QUERY PLAN'])
        .filter((line) => / on request/.test(line) && /Scan/.test(line));
      expect(scans).toEqual([expect.stringContaining('Index Scan using request_pkey on request')]);
    },
  );
});
