import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { Client } from 'pg';
import { createDataSource } from './data-source';
import { sessionOf } from './session';
import { WritingConnection } from './writing-connection';

const OURS = ['synchronous_commit=on', 'enable_seqscan=off'];

/** What `pg` would send the server. */
const sent = (url: string) => {
  const { connectionParameters } = new Client(sessionOf(url, OURS)) as unknown as {
    readonly connectionParameters: Readonly<Record<string, unknown>>;
  };
  return connectionParameters;
};

describe('the settings of a session', () => {
  it('are ours when the URL says none', () => {
    expect(sent('postgres://u:p@h:5433/d')).toMatchObject({
      host: 'h',
      port: 5433,
      options: '-c synchronous_commit=on -c enable_seqscan=off',
    });
  });

  it('are those of the URL and then ours, which count where both say one', () => {
    const url =
      'postgres://u:p%3Fw@h/d?application_name=a&options=-csearch_path%3Dx%20-c%20synchronous_commit%3Doff&sslmode=disable';
    expect(sent(url)).toMatchObject({
      password: 'p?w',
      database: 'd',
      application_name: 'a',
      options: '-csearch_path=x -c synchronous_commit=off -c synchronous_commit=on -c enable_seqscan=off',
    });
  });
});

describe('what is promised of a record, to a database whose URL says otherwise', () => {
  const SHOWN = {
    text: "SELECT current_setting('synchronous_commit') AS on_disk, current_setting('work_mem') AS theirs",
  };
  let database: TestDatabase;
  let url: string;

  beforeAll(async () => {
    database = await startTestDatabase();
    url = `${database.url}?options=${encodeURIComponent('-c synchronous_commit=off -c work_mem=7MB')}`;
  }, 60_000);
  afterAll(() => database.close(), 30_000);

  it('holds on the connection that records are written on', async () => {
    const connection = new WritingConnection({ url, applicationName: 'spec' });
    expect(await connection.rows({ ...SHOWN, values: [] })).toEqual([{ on_disk: 'on', theirs: '7MB' }]);
    await connection.close();
  });

  it('holds in the pool', async () => {
    const dataSource = createDataSource({ url, poolSize: 1, applicationName: 'spec' });
    await dataSource.initialize();
    expect(await dataSource.query(SHOWN.text)).toEqual([{ on_disk: 'on', theirs: '7MB' }]);
    await dataSource.destroy();
  });
});
