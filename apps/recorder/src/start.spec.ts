import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText, makeNextKey, openNote, parseCheckpoint, signingKeysIn, signNote } from '@medserve/ledger';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { acceptance, completion, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { startRecorder, type RecorderSettings } from './start';

const { privateKey: ledgerKey } = generateKeyPairSync('ed25519');

describe('the recorder', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);

  afterAll(() => server.stop(), 30_000);

  beforeEach(async () => {
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'spec' });
  }, 30_000);

  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const start = (times: RecorderSettings['times'] = {}) =>
    startRecorder({
      databaseUrl: database.url,
      ledgerKey,
      logger: silentLogger,
      instruments: noopInstruments(),
      times: { sweepEveryMs: 20, graceMs: 0, ...times },
    });

  async function ask(count: number): Promise<string[]> {
    const ownership = await storage.holdOwnership();
    const ids = await Promise.all(
      Array.from({ length: count }, async () => {
        const request = acceptance({ owner: ownership.owner });
        await storage.records.accept(request);
        await storage.records.finish(completion(request.id));
        return request.id;
      }),
    );
    await ownership.release();
    return ids;
  }

  const recordsOf = async (id: string) => (await storage.ledger.recordsOf('local', id))?.map(({ event }) => event);

  it('brings what was committed before it started, and while it runs, into the ledger', async () => {
    const before = await ask(3);
    const recorder = await start();
    const after = await ask(20);
    await storage.ledger.caughtUp();
    for (const id of [...before, ...after]) expect(await recordsOf(id)).toEqual(['accepted', 'completed']);
    await recorder.close();
    const verifier = await storage.ledger.verifierKey('local', ledgerKey);
    expect((await storage.ledger.verify('local', { verifier })).problems).toEqual([]);
  }, 30_000);

  it('sends again what a recorder that died had under way', async () => {
    const [id = ''] = await ask(1);
    await storage.outbox.sent((await storage.outbox.unsent(10)).map(({ id: event }) => event));
    const recorder = await start();
    await storage.ledger.caughtUp();
    expect(await recordsOf(id)).toEqual(['accepted', 'completed']);
    await recorder.close();
  }, 30_000);

  it('records the requests of a gateway that died as abandoned', async () => {
    const ownership = await storage.holdOwnership();
    const request = acceptance({ owner: ownership.owner });
    await storage.records.accept(request);
    await ownership.release();
    const recorder = await start();
    while ((await storage.records.request('local', request.id))?.status === 'accepted') await storage.ping();
    await storage.ledger.caughtUp();
    expect(await recordsOf(request.id)).toEqual(['accepted', 'abandoned']);
    await recorder.close();
  }, 30_000);

  it('takes over when the recorder that holds the seat goes, and two never record an event twice', async () => {
    const first = await start();
    const second = await start();
    const ids = await ask(10);
    await first.close();
    ids.push(...(await ask(10)));
    await storage.ledger.caughtUp();
    for (const id of ids) expect(await recordsOf(id)).toEqual(['accepted', 'completed']);
    await second.close();
  }, 30_000);

  it('goes on when the database ends all its connections', async () => {
    const recorder = await start();
    await ask(5);
    await database.superuser((sql) =>
      sql.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'medserve-recorder%' AND pid <> pg_backend_pid()`,
      ),
    );
    const ids = await ask(5);
    await storage.ledger.caughtUp();
    for (const id of ids) expect(await recordsOf(id)).toEqual(['accepted', 'completed']);
    await recorder.close();
  }, 30_000);

  it('has each event once, in a log that holds together, after a hundred requests with its connections killed all the time', async () => {
    const recorder = await start({ reconcileEveryMs: 50, resendAfterMs: 100 });
    const ownership = await storage.holdOwnership();
    let asked = 0;
    const killing = database.superuser(async (sql) => {
      // One of the recorder's own at random: in the middle of a claim, an append, or the seat itself.
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'medserve-recorder%' ORDER BY random() LIMIT 1`;
      while (asked < 100) await sql.query(kill);
    });
    const ids: string[] = [];
    while (asked < 100) {
      const request = acceptance({ owner: ownership.owner });
      await storage.records.accept(request);
      await storage.records.finish(completion(request.id));
      ids.push(request.id);
      asked += 1;
    }
    await killing;
    await storage.ledger.caughtUp();
    for (const id of ids) expect((await recordsOf(id))?.sort()).toEqual(['accepted', 'completed']);
    const verdict = await storage.ledger.verify('local', {
      verifier: await storage.ledger.verifierKey('local', ledgerKey),
    });
    expect(verdict.problems).toEqual([]);
    expect(verdict.size).toBe(200);
    await ownership.release();
    await recorder.close();
  }, 60_000);

  it('signs each log and publishes it in a folder of its tenant, and hands over to the next key when every log names it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'medserve-recorder-'));
    const [publishedDir, keyFile] = [join(dir, 'logs'), join(dir, 'ledger')];
    const keys = signingKeysIn(keyFile);
    const old = keys.current();
    const recorder = await startRecorder({
      databaseUrl: database.url,
      ledgerKey: keys,
      publishedDir,
      logger: silentLogger,
      instruments: noopInstruments(),
      times: { checkpointEveryMs: 20, graceMs: 0 },
    });
    const published = async (key: KeyObject, size: number): Promise<void> => {
      const verifier = await storage.ledger.verifierKey('local', key);
      const isThere = (): boolean => {
        try {
          const note = readFileSync(join(publishedDir, 'local', 'checkpoint'), 'utf8');
          return parseCheckpoint(openNote(note, verifier)).size >= size;
        } catch {
          return false;
        }
      };
      while (!isThere()) await storage.ping();
    };
    await ask(2);
    await storage.ledger.caughtUp();
    await published(old, 4);
    const next = makeNextKey(keyFile);
    while (!keys.current().equals(next)) await storage.ping();
    await ask(1);
    await storage.ledger.caughtUp();
    await published(next, 7);
    await recorder.close();
    for (const key of [old, next]) {
      const verifier = await storage.ledger.verifierKey('local', key);
      expect(await storage.ledger.verify('local', { verifier })).toMatchObject({ size: 7, problems: [] });
    }
    rmSync(dir, { recursive: true });
  }, 60_000);

  it('does not extend a log of which more was published than the database has, and says so in a metric', async () => {
    const publishedDir = mkdtempSync(join(tmpdir(), 'medserve-recorder-'));
    await ask(1);
    await storage.ledger.append(await storage.outbox.unsent(10));
    const { origin } = await storage.ledger.state('local');
    const ahead = checkpointText({ origin, size: 1_000, root: Buffer.alloc(32) });
    mkdirSync(join(publishedDir, 'local'));
    writeFileSync(join(publishedDir, 'local', 'checkpoint'), signNote(ahead, origin, ledgerKey));
    const instruments = noopInstruments();
    const recorder = await startRecorder({
      databaseUrl: database.url,
      ledgerKey,
      publishedDir,
      logger: silentLogger,
      instruments,
      times: { checkpointEveryMs: 20 },
    });
    const held = async (): Promise<number | undefined> => (await instruments.ledgerHeld.get()).values[0]?.value;
    while ((await held()) !== 1) await storage.ping();
    await ask(1);
    await expect(storage.ledger.caughtUp({ timeoutMs: 300 })).rejects.toMatchObject({ reason: 'unavailable' });
    expect((await storage.ledger.state('local')).size).toBe(2);
    await recorder.close();
    rmSync(publishedDir, { recursive: true });
  }, 60_000);
});
