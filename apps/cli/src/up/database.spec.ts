import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withConnection } from '@medserve/storage';
import { homeAt, type Home } from '../home/home';
import type { Voice } from '../output/say';
import { openDatabase } from './database';

describe('the database of a platform on one machine', () => {
  let home: Home;
  const silent: Voice = { say: () => undefined, relay: () => undefined };
  const given = process.env['MEDSERVE_DATABASE_URL'];

  beforeEach(() => {
    delete process.env['MEDSERVE_DATABASE_URL'];
    home = homeAt(mkdtempSync(join(tmpdir(), 'medserve-database-')));
  });
  afterEach(() => {
    if (given !== undefined) process.env['MEDSERVE_DATABASE_URL'] = given;
    rmSync(home.root, { recursive: true, force: true });
  });

  const isReachedBySocket = (url: string): Promise<unknown> =>
    withConnection(url, async (sql) => {
      const { rows } = await sql.query<{ isSocket: boolean }>('SELECT inet_server_addr() IS NULL AS "isSocket"');
      return rows[0]?.isSocket;
    });

  const pid = (): number =>
    Number(readFileSync(join(home.database, 'cluster', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

  it('is reached by its services over a socket, by commands over its port, and by both again after its death', async () => {
    const database = await openDatabase(home, silent);
    expect(await isReachedBySocket(database.nearUrl)).toBe(true);
    expect(await isReachedBySocket(database.url)).toBe(false);
    const { nearUrl, url } = database;
    process.kill(pid(), 'SIGKILL');
    const again = async (): Promise<unknown> => {
      for (;;) {
        const found = await isReachedBySocket(nearUrl).catch(() => undefined);
        if (found !== undefined) return found;
        await delay(50);
      }
    };
    expect(await again()).toBe(true);
    expect(await isReachedBySocket(url)).toBe(false);
    await database.close();
  }, 60_000);
});
