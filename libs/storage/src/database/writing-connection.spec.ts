import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { WritingConnection } from './writing-connection';

const pid = { text: 'SELECT pg_backend_pid() AS pid', values: [] };
const insert = (key: number) => ({
  name: 'insert',
  text: 'INSERT INTO kept VALUES ($1::int) RETURNING key',
  values: [key],
});

describe('a statement that is committed when what it stands for is done', () => {
  let database: TestDatabase;
  let connection: WritingConnection;

  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  beforeEach(async () => {
    await database.superuser((sql) => sql.query('CREATE TABLE kept (key int UNIQUE DEFERRABLE INITIALLY DEFERRED)'));
    connection = new WritingConnection({ url: database.url, applicationName: 'writing', replyTimeoutMs: 5_000 });
  });
  afterEach(async () => {
    await connection.close();
    await database.superuser((sql) => sql.query('DROP TABLE kept'));
  });
  afterAll(async () => {
    await database.close();
  }, 30_000);

  const kept = async (): Promise<number[]> => {
    const { rows } = await database.superuser((sql) => sql.query('SELECT key FROM kept ORDER BY key'));
    return (rows as { key: number }[]).map(({ key }) => key);
  };
  /** Resolves when a statement of the connection has run and waits for its commit. */
  const standing = async (): Promise<void> => {
    for (let rows: unknown[] = []; rows.length === 0;) {
      const found = await database.superuser((sql) =>
        sql.query(`SELECT FROM pg_stat_activity WHERE application_name = 'writing' AND backend_xid IS NOT NULL
          AND wait_event = 'ClientRead'`),
      );
      rows = found.rows;
    }
  };

  it('is there for nobody before', async () => {
    const ready = Promise.withResolvers<true>();
    const written = connection.rowsOnce(ready.promise, insert(1));
    await standing();
    expect(await kept()).toEqual([]);
    ready.resolve(true);
    expect(await written).toEqual([{ key: 1 }]);
    expect(await kept()).toEqual([1]);
  });

  it('is undone where that fails, on a connection that goes on', async () => {
    const [before] = await connection.rows(pid);
    const ready = Promise.withResolvers<true>();
    const written = connection.rowsOnce(ready.promise, insert(1));
    await standing();
    ready.reject(new Error('no room'));
    await expect(written).rejects.toThrow('no room');
    await expect(connection.rowsOnce(Promise.reject(new Error('none at all')), insert(2))).rejects.toThrow(
      'none at all',
    );
    expect(await connection.rowsOnce(Promise.resolve(), insert(3))).toEqual([{ key: 3 }]);
    expect(await connection.rows(pid)).toEqual([before]);
    expect(await kept()).toEqual([3]);
  });

  it('says what the server says, before and at the commit, and each answer goes to whom it is for', async () => {
    const ready = Promise.withResolvers<true>();
    const wrong = { text: 'SELECT 1 / $1::int AS one', values: [0] };
    await expect(connection.rowsOnce(ready.promise, wrong)).rejects.toMatchObject({ code: '22012' });
    ready.resolve(true);
    expect(await connection.rowsOnce(Promise.resolve(), insert(1))).toEqual([{ key: 1 }]);
    await expect(connection.rowsOnce(Promise.resolve(), insert(1))).rejects.toMatchObject({ code: '23505' });
    expect(await connection.rows({ text: 'SELECT 7 AS seven', values: [] })).toEqual([{ seven: 7 }]);
    expect(await connection.rowsOnce(Promise.resolve(), insert(2))).toEqual([{ key: 2 }]);
    expect(await kept()).toEqual([1, 2]);
  });

  it('is not cut off by the time that a statement may take while it only waits', async () => {
    await connection.rows({ text: "SET statement_timeout = '50ms'", values: [] });
    const ready = Promise.withResolvers<true>();
    const written = connection.rowsOnce(ready.promise, insert(1));
    await standing();
    await database.superuser((sql) => sql.query('SELECT pg_sleep(0.2)'));
    ready.resolve(true);
    expect(await written).toEqual([{ key: 1 }]);
  });

  it('is undone with its connection, and the next one is made anew', async () => {
    const ready = Promise.withResolvers<true>();
    const cut = expect(connection.rowsOnce(ready.promise, insert(1))).rejects.toThrow();
    await standing();
    await database.superuser((sql) =>
      sql.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'writing'`),
    );
    await cut;
    ready.resolve(true);
    expect(await connection.rowsOnce(Promise.resolve(), insert(2))).toEqual([{ key: 2 }]);
    expect(await kept()).toEqual([2]);
  });
});
