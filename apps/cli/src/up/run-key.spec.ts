import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prefixOfApiKey } from '@medserve/security';
import { migrate, openStorage, type Storage } from '@medserve/storage';
import { startTestServer, type TestServer } from '@medserve/testkit';
import { homeAt, makeHome, type Home } from '../home/home';
import { runKey } from './run-key';

describe('the key of a run', () => {
  let server: TestServer;
  let storage: Storage;
  let url: string;
  const roots: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    ({ url } = await server.database());
    await migrate(url);
    storage = await openStorage({ url, poolSize: 2, applicationName: 'spec' });
  }, 60_000);
  afterAll(async () => {
    await storage.close();
    await server.stop();
    for (const root of roots) rmSync(root, { recursive: true });
  }, 30_000);

  const home = (): Home => {
    const root = mkdtempSync(join(tmpdir(), 'medserve-run-key-'));
    roots.push(root);
    const made = homeAt(root);
    makeHome(made);
    return made;
  };
  const isAlive = async (key: string): Promise<boolean> => {
    const found = await storage.keys.findByPrefix(prefixOfApiKey(key) ?? '');
    return found !== undefined && found.revokedAt === null;
  };

  it('works until its run ends, and leaves the keys alone that others called so', async () => {
    const id = randomUUID();
    const others = { hash: Buffer.from('h'), scopes: ['infer'], tenant: 'home', label: 'run', expiresAt: null };
    await storage.keys.insert({ ...others, id, prefix: 'ms_theirs' });
    const place = home();
    const run = await runKey({ url }, place);
    expect(await isAlive(run.key)).toBe(true);
    await run.revoke();
    expect([await isAlive(run.key), existsSync(place.runKey)]).toEqual([false, false]);
    expect(await storage.keys.find('home', id)).toMatchObject({ revokedAt: null });
  });

  it('is not that of a run on another home of the same database, which goes on', async () => {
    const one = await runKey({ url }, home());
    const other = await runKey({ url }, home());
    expect([await isAlive(one.key), await isAlive(other.key)]).toEqual([true, true]);
    await other.revoke();
    expect(await isAlive(one.key)).toBe(true);
    await one.revoke();
  });

  it('ends with the next run where its own was killed, also one of a version that kept no id', async () => {
    const place = home();
    const killed = await runKey({ url }, place);
    const next = await runKey({ url }, place);
    expect([await isAlive(killed.key), await isAlive(next.key)]).toEqual([false, true]);
    rmSync(place.runKey);
    writeFileSync(place.running, `${JSON.stringify({ pid: 1, key: next.key })}\n`);
    const after = await runKey({ url }, place);
    expect([await isAlive(next.key), await isAlive(after.key)]).toEqual([false, true]);
    await after.revoke();
  });
});
