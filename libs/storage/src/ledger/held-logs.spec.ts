import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEventId } from '@medserve/events';
import { GrowingTree, leafHash, serveWitness, Witness, witnessKey } from '@medserve/ledger';
import { acceptance, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import { ForkedLogError } from './publish-log';

const { privateKey: key } = generateKeyPairSync('ed25519');

describe('a log that is held', () => {
  let server: TestServer;
  let database: TestDatabase;
  let dir: string;
  let first: Storage;
  let second: Storage;
  let owner: Storage;

  const open = (publishedDir?: string): Promise<Storage> =>
    openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'recorder', publishedDir });

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);

  afterAll(() => server.stop(), 30_000);

  beforeEach(async () => {
    database = await server.database();
    dir = mkdtempSync(join(tmpdir(), 'medserve-held-'));
    first = await open(dir);
    second = await open();
    owner = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
  }, 60_000);

  afterEach(async () => {
    await first.close();
    await second.close();
    await owner.close();
    await database.close();
    rmSync(dir, { recursive: true });
  }, 30_000);

  async function grow(by: Storage): Promise<void> {
    await owner.records.accept(acceptance());
    await by.ledger.append(await by.outbox.unsent(100));
  }

  /** The database comes back as it was before its first entry. */
  const putBack = (): Promise<unknown> =>
    database.superuser(async (sql) => {
      await sql.query('SET session_replication_role = replica');
      await sql.query(
        'DELETE FROM ledger_entry; DELETE FROM ledger_tile; DELETE FROM ledger_checkpoint; DELETE FROM request',
      );
      await sql.query(`UPDATE ledger_state SET size = 0, root = sha256('') WHERE tenant = 'local'`);
    });

  const poison = (): Promise<unknown> =>
    database.superuser((sql) =>
      sql.query(`INSERT INTO outbox (event, tenant, payload) VALUES ($1, 'local', 'not an event')`, [newEventId()]),
    );

  it('is held by every recorder, also by one that looked outside before, and by one that sees nothing outside', async () => {
    await grow(second);
    await grow(first);
    await first.ledger.checkpoint('local', key);
    await first.ledger.publish('local', dir);
    await putBack();
    await owner.records.accept(acceptance());
    const events = await first.outbox.unsent(10);
    expect(await first.ledger.append(events)).toMatchObject({ count: 0, held: ['local'] });
    expect(await second.ledger.append(events)).toMatchObject({ count: 0, held: ['local'] });
    expect(second.ledger.held()).toEqual(['local']);
    expect((await second.ledger.state('local')).size).toBe(0);
  }, 60_000);

  it('is found by a recorder that had looked outside before the others published', async () => {
    const other = await open(dir);
    await grow(other);
    await grow(first);
    await first.ledger.checkpoint('local', key);
    await first.ledger.publish('local', dir);
    await putBack();
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 2_000);
    await owner.records.accept(acceptance());
    expect(await other.ledger.append(await other.outbox.unsent(10))).toMatchObject({ count: 0, held: ['local'] });
    jest.restoreAllMocks();
    await other.close();
  }, 60_000);

  it('is signed no more by who signed it before, once it was rewritten in the database, checkpoints and all', async () => {
    await grow(first);
    await first.ledger.checkpoint('local', key);
    await grow(first);
    await database.superuser(async (sql) => {
      await sql.query('SET session_replication_role = replica; DELETE FROM ledger_checkpoint');
      const { rows } = await sql.query<{ leaf: Buffer }>(
        `UPDATE ledger_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"key-1"', '"key-2"'), 'UTF8')
         WHERE tenant = 'local' AND index = 0 RETURNING leaf`,
      );
      const other = await sql.query<{ leaf: Buffer }>(
        `SELECT leaf FROM ledger_entry WHERE tenant = 'local' AND index = 1`,
      );
      const tree = new GrowingTree(0, []);
      const [tile] = tree.append([...rows, ...other.rows].map(({ leaf }) => leafHash(leaf)));
      await sql.query(`UPDATE ledger_tile SET bytes = $1 WHERE tenant = 'local'`, [tile?.bytes]);
      await sql.query(`UPDATE ledger_state SET root = $1 WHERE tenant = 'local'`, [tree.root()]);
    });
    await expect(first.ledger.checkpoint('local', key)).rejects.toThrow(ForkedLogError);
    expect((await first.ledger.state('local')).isHeld).toBe(true);
  }, 60_000);

  it('is not signed with a root that its tiles do not have', async () => {
    await grow(first);
    await database.superuser((sql) =>
      sql.query(
        `SET session_replication_role = replica; UPDATE ledger_state SET root = sha256('x') WHERE tenant = 'local'`,
      ),
    );
    await expect(second.ledger.checkpoint('local', key)).rejects.toThrow(ForkedLogError);
  }, 60_000);

  it('stays held over a restart, when it was a witness who knew more, until the operator releases it', async () => {
    await grow(first);
    await first.ledger.checkpoint('local', key);
    const { privateKey: theirs } = generateKeyPairSync('ed25519');
    const name = 'witness.example/w1';
    const memory = { latest: () => ({ size: 9, root: Buffer.alloc(32) }), keep: () => Promise.resolve() };
    const logs = [await first.ledger.verifierKey('local', key)];
    const served = await serveWitness(new Witness({ name, key: theirs, logs, memory }), 0);
    const witnesses = [{ url: served.url, verifier: witnessKey(name, theirs) }];
    await first.ledger.cosign('local', witnesses, new AbortController().signal);
    await served.close();
    await first.close();
    first = await open(dir);
    await grow(first);
    expect(first.ledger.held()).toEqual(['local']);
    expect((await first.ledger.state('local')).size).toBe(1);
    await expect(first.ledger.release('local')).rejects.toThrow(/not a service/);

    await owner.ledger.release('local');
    expect((await first.ledger.logs()).find(({ tenant }) => tenant === 'local')?.isHeld).toBe(false);
    expect(first.ledger.held()).toEqual([]);
    await first.outbox.reclaim(0);
    expect(await first.ledger.append(await first.outbox.unsent(10))).toMatchObject({ count: 1, held: [] });
  }, 60_000);

  it('is held where a witness knows another beginning of it, though not a longer one', async () => {
    await grow(first);
    await grow(first);
    await first.ledger.checkpoint('local', key);
    const { privateKey: theirs } = generateKeyPairSync('ed25519');
    const name = 'witness.example/w1';
    const memory = { latest: () => ({ size: 1, root: Buffer.alloc(32) }), keep: () => Promise.resolve() };
    const logs = [await first.ledger.verifierKey('local', key)];
    const served = await serveWitness(new Witness({ name, key: theirs, logs, memory }), 0);
    const witnesses = [{ url: served.url, verifier: witnessKey(name, theirs) }];
    await first.ledger.cosign('local', witnesses, new AbortController().signal);
    await served.close();
    expect((await first.ledger.state('local')).isHeld).toBe(true);
  }, 60_000);

  it('loses nothing that cannot be read: it waits like the rest, and nothing says that it was put aside', async () => {
    await grow(first);
    await first.ledger.checkpoint('local', key);
    await first.ledger.publish('local', dir);
    await putBack();
    await poison();
    const events = await first.outbox.unsent(10);
    expect(await first.ledger.append(events)).toEqual({ count: 0, refused: [], parked: [], held: ['local'] });
    expect(await first.outbox.waiting()).toBe(1);
    expect(await database.superuser(async (sql) => (await sql.query('SELECT event FROM parked_event')).rows)).toEqual(
      [],
    );
  }, 60_000);

  it('is signed for nobody: no checkpoint, no export, no proof', async () => {
    await grow(first);
    await first.ledger.checkpoint('local', key);
    await first.ledger.publish('local', dir);
    await putBack();
    const request = acceptance();
    await owner.records.accept(request);
    await first.ledger.append(await first.outbox.unsent(10));
    const copy = join(dir, 'copy');
    await expect(second.ledger.checkpoint('local', key)).rejects.toThrow(ForkedLogError);
    await expect(second.ledger.export('local', key, copy)).rejects.toThrow(ForkedLogError);
    await expect(second.ledger.prove('local', key, request.id)).rejects.toThrow(ForkedLogError);
  }, 60_000);
});
