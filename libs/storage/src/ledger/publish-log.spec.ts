import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNote, parseCheckpoint, serveWitness, Witness, witnessKey, cosignatureOf } from '@medserve/ledger';
import { acceptance, completion, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import { ForkedLogError } from './publish-log';
import { readOutsideCopy } from './verify/outside-copy';

const { privateKey: key } = generateKeyPairSync('ed25519');

describe('the published log', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;
  let dir: string;

  const open = (): Promise<Storage> =>
    openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', publishedDir: dir });

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);

  afterAll(() => server.stop(), 30_000);

  beforeEach(async () => {
    database = await server.database();
    dir = mkdtempSync(join(tmpdir(), 'medserve-published-'));
    storage = await open();
  }, 60_000);

  afterEach(async () => {
    await storage.close();
    await database.close();
    rmSync(dir, { recursive: true });
  }, 30_000);

  async function grow(requests: number): Promise<void> {
    for (let at = 0; at < requests; at += 1) {
      const request = acceptance();
      await storage.records.accept(request);
      await storage.records.finish(completion(request.id));
    }
    await storage.ledger.append(await storage.outbox.unsent(2000));
  }

  async function publish(): Promise<number | undefined> {
    await storage.ledger.checkpoint('local', key);
    return storage.ledger.publish('local', dir);
  }

  const files = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(folder, file)).isFile())
      .sort();

  /** What `export` would write must be there, byte by byte; older partial tiles may be there as well. */
  async function expectWhole(): Promise<void> {
    const copy = mkdtempSync(join(tmpdir(), 'medserve-export-'));
    await storage.ledger.export('local', key, copy);
    for (const file of files(copy)) {
      if (file === 'checkpoint') continue;
      expect([file, readFileSync(join(dir, 'local', file)).equals(readFileSync(join(copy, file)))]).toEqual([
        file,
        true,
      ]);
    }
    rmSync(copy, { recursive: true });
  }

  it('grows by what is new, and never writes a full tile again', async () => {
    const seen = new Map<string, number>();
    for (const requests of [1, 127, 1, 140]) {
      await grow(requests);
      const size = await publish();
      expect(size).toBe((await storage.ledger.state('local')).size);
      await expectWhole();
      for (const file of files(join(dir, 'local'))) {
        if (file === 'checkpoint' || file.includes('.p/')) continue;
        const { ino } = statSync(join(dir, 'local', file));
        expect(seen.get(file) ?? ino).toBe(ino);
        seen.set(file, ino);
      }
    }
    expect([...seen.keys()].sort()).toEqual(['tile/0/000', 'tile/0/001', 'tile/entries/000', 'tile/entries/001']);
    expect(existsSync(join(dir, 'local', 'tile/0/000.p'))).toBe(false);
  }, 60_000);

  it('goes on where a writer was killed: the checkpoint stands for what it did, and half files go', async () => {
    await grow(100);
    await publish();
    const before = readFileSync(join(dir, 'local', 'checkpoint'));
    await grow(100);
    await publish();
    // As it was when it had written its tiles, one of them half, and not the checkpoint.
    writeFileSync(join(dir, 'local', 'checkpoint'), before);
    writeFileSync(join(dir, 'local', 'tile/0/001.p', '144.4711.new'), 'half');
    rmSync(join(dir, 'local', 'tile/entries/000'));
    await storage.close();
    storage = await open();
    expect(await storage.ledger.publish('local', dir)).toBe(400);
    await expectWhole();
    expect(files(join(dir, 'local')).filter((file) => file.endsWith('.new'))).toEqual([]);
  }, 60_000);

  it('is never followed by a database that is an older copy: nothing is published, signed or appended', async () => {
    await grow(10);
    await publish();
    await storage.close();
    const [ahead, other] = [join(dir, 'local'), mkdtempSync(join(tmpdir(), 'medserve-other-'))];
    cpSync(ahead, other, { recursive: true });
    await database.superuser(async (sql) => {
      // The database comes back without its last ten requests.
      await sql.query('SET session_replication_role = replica');
      await sql.query(
        'DELETE FROM ledger_entry; DELETE FROM ledger_tile; DELETE FROM ledger_checkpoint; DELETE FROM request',
      );
      await sql.query(`UPDATE ledger_state SET size = 0, root = sha256('') WHERE tenant = 'local'`);
    });
    storage = await open();
    const request = acceptance();
    await storage.records.accept(request);
    const events = await storage.outbox.unsent(10);
    expect(await storage.ledger.append(events)).toEqual({ count: 0, refused: [], parked: [], held: ['local'] });
    expect(storage.ledger.held()).toEqual(['local']);
    expect(await storage.outbox.waiting()).toBe(1);
    await expect(storage.ledger.checkpoint('local', key)).rejects.toThrow(ForkedLogError);
    await expect(storage.ledger.publish('local', dir)).rejects.toThrow(ForkedLogError);
    expect(readFileSync(join(ahead, 'checkpoint'))).toEqual(readFileSync(join(other, 'checkpoint')));
    rmSync(other, { recursive: true });
  }, 60_000);

  it('is held against the log by its tiles, and the first entry that is another is named', async () => {
    await grow(200);
    await publish();
    const copy = join(dir, 'local');
    await storage.close();
    const tamper = (statement: string) =>
      database.superuser(async (sql) => {
        await sql.query('SET session_replication_role = replica');
        await sql.query(statement);
      });
    await tamper(
      'UPDATE ledger_tile SET bytes = set_byte(bytes, 32 * 77, get_byte(bytes, 32 * 77) # 1) WHERE index = 1 AND level = 0',
    );
    storage = await open();
    const verifier = await storage.ledger.verifierKey('local', key);
    const honest = await storage.ledger.verify('local', { verifier, against: await readOutsideCopy(copy) });
    expect(honest).toMatchObject({ against: 400 });
    expect(honest.problems).toContainEqual({
      kind: 'entry',
      index: 256 + 77,
      detail: 'The entry is not the one that was appended here.',
    });
  }, 60_000);

  it('carries the lines of its witnesses, and is held when one of them knows more', async () => {
    await grow(3);
    const { privateKey: witnessPrivate } = generateKeyPairSync('ed25519');
    const [name, kept] = ['witness.example/w1', new Map<string, { size: number; root: Buffer }>()];
    const witness = new Witness({
      name,
      key: witnessPrivate,
      logs: [await storage.ledger.verifierKey('local', key)],
      memory: {
        latest: (origin) => kept.get(origin),
        keep: (origin, checkpoint) => {
          kept.set(origin, checkpoint);
          return Promise.resolve();
        },
      },
    });
    const served = await serveWitness(witness, 0);
    const verifier = witnessKey(name, witnessPrivate);
    const witnesses = [{ url: served.url, verifier }];
    const { signal } = new AbortController();
    for (const requests of [0, 200, 5]) {
      await grow(requests);
      await storage.ledger.checkpoint('local', key);
      expect(await storage.ledger.cosign('local', witnesses, signal)).toEqual([{ witness: name }]);
      await storage.ledger.publish('local', dir);
      const note = readFileSync(join(dir, 'local', 'checkpoint'), 'utf8');
      expect(cosignatureOf(note, verifier)?.witness).toBe(name);
      const { size } = parseCheckpoint(openNote(note, await storage.ledger.verifierKey('local', key)));
      expect(size).toBe((await storage.ledger.state('local')).size);
    }
    for (const [origin, { root }] of kept) kept.set(origin, { size: 100_000, root });
    await grow(1);
    await storage.ledger.checkpoint('local', key);
    const [asked] = await storage.ledger.cosign('local', witnesses, signal);
    expect([asked?.witness, asked?.error instanceof Error]).toEqual([name, true]);
    await grow(1);
    expect(storage.ledger.held()).toEqual(['local']);
    await served.close();
    const down = await storage.ledger.cosign('local', witnesses, signal);
    expect(down[0]?.error).toMatchObject({ code: 'ECONNREFUSED' });
  }, 60_000);
});
