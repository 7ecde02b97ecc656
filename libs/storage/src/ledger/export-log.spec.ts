import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundlePath,
  checkpointText,
  decodeBundle,
  leafHash,
  openNote,
  parseCheckpoint,
  provesInclusion,
  rootFromTiles,
  signNote,
  tilePath,
  tilesOf,
  tileWidth,
} from '@medserve/ledger';
import { acceptance, completion, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const { privateKey: key } = generateKeyPairSync('ed25519');

describe('the exported log', () => {
  let database: TestDatabase;
  let storage: Storage;
  let dir: string;
  const ids: string[] = [];

  async function grow(requests: number): Promise<void> {
    for (let at = 0; at < requests; at += 1) {
      const request = acceptance();
      ids.push(request.id);
      await storage.records.accept(request);
      await storage.records.finish(completion(request.id));
    }
    await storage.ledger.append(await storage.outbox.unsent(2000));
  }

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'spec' });
    dir = mkdtempSync(join(tmpdir(), 'medserve-export-'));
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
    rmSync(dir, { recursive: true });
  }, 30_000);

  /** Reads the folder as an outsider would: with the verifier key and the files, nothing else. */
  async function readAsOutsider(folder: string, tenant = 'local') {
    const note = readFileSync(join(folder, 'checkpoint'), 'utf8');
    const checkpoint = parseCheckpoint(openNote(note, await storage.ledger.verifierKey(tenant, key)));
    const { size, root } = checkpoint;
    const entries: Buffer[] = [];
    for (let begin = 0; begin < size; begin += 256) {
      entries.push(...decodeBundle(readFileSync(join(folder, bundlePath(begin / 256, Math.min(256, size - begin))))));
    }
    const read = (place: { level: number; index: number }) =>
      Promise.resolve(readFileSync(join(folder, tilePath(place, tileWidth(size, place)))));
    for (const place of tilesOf(size)) expect(await read(place)).toHaveLength(32 * tileWidth(size, place));
    for (const place of [...tilesOf(size)].filter(({ level }) => level === 0)) {
      const leaves = entries.slice(place.index * 256, (place.index + 1) * 256).map(leafHash);
      expect(Buffer.concat(leaves).equals(await read(place))).toBe(true);
    }
    if (size > 0) expect((await rootFromTiles(size, read)).equals(root)).toBe(true);
    return { checkpoint, entries };
  }

  it('of an empty ledger is a checkpoint of size 0', async () => {
    const folder = join(dir, 'empty');
    expect(await storage.ledger.export('home', key, folder)).toMatchObject({ size: 0 });
    expect((await readAsOutsider(folder, 'home')).entries).toEqual([]);
  });

  it('holds together by its own files at sizes around a full tile, and only grows', async () => {
    let older: Buffer[] = [];
    for (const requests of [1, 126, 1, 1, 130]) {
      await grow(requests);
      const folder = join(dir, `at-${String(ids.length)}`);
      const { entries, checkpoint } = await readAsOutsider((await storage.ledger.export('local', key, folder), folder));
      expect(checkpoint.size).toBe(2 * ids.length);
      expect(entries.slice(0, older.length)).toEqual(older);
      expect(existsSync(join(folder, 'checkpoint'))).toBe(true);
      older = entries;
    }
  }, 60_000);

  it('agrees with itself when the ledger grows while it is written, and a second export into the folder is newer', async () => {
    const folder = join(dir, 'moving');
    const growing = grow(200);
    for (let at = 0; at < 5; at += 1) {
      await storage.ledger.export('local', key, folder);
      await readAsOutsider(folder);
    }
    await growing;
    await storage.ledger.export('local', key, folder);
    expect((await readAsOutsider(folder)).checkpoint.size).toBe(2 * ids.length);
  }, 60_000);

  it('is not written over one of another log, nor over what this log does not begin with', async () => {
    const folder = join(dir, 'kept');
    await storage.ledger.export('local', key, folder);
    const kept = await readAsOutsider(folder);
    await expect(storage.ledger.export('home', key, folder)).rejects.toThrow('name another folder');
    expect(await readAsOutsider(folder)).toEqual(kept);

    const { origin, size, root } = kept.checkpoint;
    const rewritten = { origin, size: 1, root: Buffer.alloc(32) };
    for (const other of [{ origin, size: size + 1, root }, rewritten]) {
      const note = signNote(checkpointText(other), origin, key);
      writeFileSync(join(folder, 'checkpoint'), note);
      await expect(storage.ledger.export('local', key, folder)).rejects.toThrow('name another folder');
      expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toBe(note);
    }
    writeFileSync(join(folder, 'checkpoint'), 'no checkpoint\n');
    await expect(storage.ledger.export('local', key, folder)).rejects.toThrow('name another folder');
  });

  it('is what inclusion proofs lead to', async () => {
    const { checkpoint, records } = await storage.ledger.prove('local', key, ids[7] ?? '');
    const { size, root } = parseCheckpoint(openNote(checkpoint, await storage.ledger.verifierKey('local', key)));
    expect(records).toHaveLength(2);
    for (const { leaf, index, path } of records) {
      const hashes = path.map((hash) => Buffer.from(hash, 'base64'));
      expect(provesInclusion(leafHash(Buffer.from(leaf, 'base64')), index, size, hashes, root)).toBe(true);
    }
  });

  it.each(['00000000-0000-7000-8000-000000000000', 'no id at all'])('has no proof for %s, and says so', async (id) => {
    await expect(storage.ledger.prove('local', key, id)).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('is shown to the tenant of a request only', async () => {
    const id = ids[3] ?? '';
    const records = await storage.ledger.recordsOf('local', id);
    expect(records?.map(({ event, sequence }) => [event, sequence])).toEqual([
      ['accepted', 6],
      ['completed', 7],
    ]);
    expect(await storage.ledger.recordsOf('other', id)).toBeUndefined();
  });
});
