import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withConnection } from '../database/with-connection';
import { openStorage } from '../open-storage';
import { findRunningPostgres } from './cluster';
import { startEmbeddedPostgres } from './start-embedded-postgres';

const count = (url: string) =>
  withConnection(url, async (sql) => {
    await sql.query('CREATE TABLE IF NOT EXISTS kept (at int)');
    await sql.query('INSERT INTO kept VALUES (1)');
    return (await sql.query<{ n: number }>('SELECT count(*)::int AS n FROM kept')).rows[0]?.n;
  });

describe('startEmbeddedPostgres', () => {
  let home: string;
  let dir: string;

  beforeEach(() => {
    // Mode 0700, as a checkout under /root has it: when root runs this, the server's account cannot walk here by itself.
    home = mkdtempSync(join(tmpdir(), 'medserve-embedded-'));
    dir = join(home, 'postgres');
  });

  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('keeps data over a stop, a kill -9 of the server, and a server that was left behind', async () => {
    expect(findRunningPostgres(dir)).toBeUndefined();
    const first = await startEmbeddedPostgres({ dir });
    expect(findRunningPostgres(dir)).toBe(first.url);
    expect(await count(first.url)).toBe(1);
    await first.stop();
    expect(findRunningPostgres(dir)).toBeUndefined();
    const second = await startEmbeddedPostgres({ dir });
    expect(await count(second.url)).toBe(2);
    process.kill(second.pid, 'SIGKILL');
    await second.exited;
    const third = await startEmbeddedPostgres({ dir });
    expect(await count(third.url)).toBe(3);
    // As after a kill -9 of the supervisor: nobody stops the third.
    const fourth = await startEmbeddedPostgres({ dir });
    await third.exited;
    expect(await count(fourth.url)).toBe(4);
    await fourth.stop();
    await fourth.exited;
  }, 120_000);

  it('keeps its password for its owner alone, and lets nobody in without it', async () => {
    const server = await startEmbeddedPostgres({ dir, fsync: false });
    const file = join(dir, 'password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const wrong = server.url.replace(readFileSync(file, 'utf8'), 'wrong');
    await expect(withConnection(wrong, () => Promise.resolve())).rejects.toThrow('password authentication failed');
    await server.stop();
  }, 60_000);

  it('is reached by a socket in its folder as well, with its password alone', async () => {
    const server = await startEmbeddedPostgres({ dir, fsync: false });
    const byWhichWay = (url: string): Promise<unknown> =>
      withConnection(url, async (sql) => (await sql.query('SELECT inet_server_addr() IS NULL AS "isSocket"')).rows);
    expect(await byWhichWay(server.nearUrl)).toEqual([{ isSocket: true }]);
    expect(await byWhichWay(server.url)).toEqual([{ isSocket: false }]);
    const storage = await openStorage({ url: server.nearUrl, poolSize: 1, applicationName: 'spec' });
    await storage.ping();
    await storage.close();
    const wrong = server.nearUrl.replace(readFileSync(join(dir, 'password'), 'utf8'), 'wrong');
    await expect(byWhichWay(wrong)).rejects.toThrow('password authentication failed');
    await server.stop();
  }, 60_000);

  it('has no socket in a folder whose path is too long for one', async () => {
    const deep = join(dir, 'd'.repeat(100));
    const server = await startEmbeddedPostgres({ dir: deep, fsync: false });
    expect(server.nearUrl).toBe(server.url);
    expect(await count(server.nearUrl)).toBe(1);
    await server.stop();
  }, 60_000);

  it('says in the words of the server why it did not start', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(startEmbeddedPostgres({ dir, port, fsync: false })).rejects.toThrow(
      /could not bind|Address already in use/,
    );
    taken.close();
  }, 60_000);

  it('does not touch a program that now has the pid of a server that is gone', async () => {
    const first = await startEmbeddedPostgres({ dir, fsync: false });
    const file = join(dir, 'cluster', 'data', 'postmaster.pid');
    const left = readFileSync(file, 'utf8');
    await first.stop();
    writeFileSync(file, left.replace(/^\d+/, String(process.pid)));
    const second = await startEmbeddedPostgres({ dir, fsync: false });
    expect(await count(second.url)).toBe(1);
    await second.stop();
  }, 60_000);
});
