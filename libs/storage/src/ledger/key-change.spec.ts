import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText, makeNextKey, signingKeysIn, signNote } from '@medserve/ledger';
import { acceptance, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

describe('a change of the signing key', () => {
  let database: TestDatabase;
  let storage: Storage;
  let dir: string;
  let first: KeyObject;
  let second: KeyObject;

  const grow = async (): Promise<void> => {
    await storage.records.accept(acceptance());
    await storage.ledger.append(await storage.outbox.unsent(100));
  };
  const problemsFor = async (key: KeyObject) =>
    (await storage.ledger.verify('local', { verifier: await storage.ledger.verifierKey('local', key) })).problems;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec' });
    dir = mkdtempSync(join(tmpdir(), 'medserve-keys-'));
    const keys = signingKeysIn(join(dir, 'ledger'));
    first = keys.current();
    await grow();
    await storage.ledger.checkpoint('local', first);
    expect(keys.next()).toBeUndefined();
    second = makeNextKey(join(dir, 'ledger'));
    let rounds = 0;
    while (!(await storage.ledger.announceKey(first, second))) {
      await grow();
      for (const { tenant } of await storage.ledger.logs()) await storage.ledger.checkpoint(tenant, first);
      rounds += 1;
    }
    expect(rounds).toBe(1);
    keys.turn();
    expect(keys.current().equals(second)).toBe(true);
    expect(readdirSync(dir)).toEqual(['ledger']);
    await grow();
    await storage.ledger.checkpoint('local', second);
    await grow();
    await storage.ledger.checkpoint('local', second);
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
    rmSync(dir, { recursive: true });
  }, 30_000);

  it('is followed by who trusts the old key, and by who trusts the new one', async () => {
    expect(await problemsFor(first)).toEqual([]);
    expect(await problemsFor(second)).toEqual([]);
  });

  it('is told in every log', async () => {
    const verifier = await storage.ledger.verifierKey('home', second);
    expect(await storage.ledger.verify('home', { verifier })).toMatchObject({ size: 1, problems: [] });
  });

  it('says nothing to who trusts neither', async () => {
    expect((await problemsFor(generateKeyPairSync('ed25519').privateKey)).length).toBeGreaterThan(0);
  });

  it('leaves a key no checkpoint beyond its time: neither the old one after the new, nor the new one before', async () => {
    const sign = async (size: number, key: KeyObject): Promise<string> => {
      const { origin } = await storage.ledger.state('local');
      return database.superuser(async (sql) => {
        const { rows } = await sql.query<{ root: Buffer }>('SELECT root FROM ledger_checkpoint WHERE size = $1', [
          size,
        ]);
        return signNote(checkpointText({ origin, size, root: rows[0]?.root ?? Buffer.alloc(32) }), origin, key);
      });
    };
    const { size } = await storage.ledger.state('local');
    for (const [at, key] of [
      [size, first],
      [1, second],
    ] as const) {
      const forged = await sign(at, key);
      const told = await database.superuser(async (sql) => {
        await sql.query('SET session_replication_role = replica');
        const where = `WHERE tenant = 'local' AND size = $1`;
        const { rows } = await sql.query<{ note: string }>(`SELECT note FROM ledger_checkpoint ${where}`, [at]);
        await sql.query(`UPDATE ledger_checkpoint SET note = $2 ${where}`, [at, forged]);
        const problems = await problemsFor(second);
        await sql.query(`UPDATE ledger_checkpoint SET note = $2 ${where}`, [at, rows[0]?.note]);
        return problems;
      });
      expect(told).toContainEqual({ kind: 'checkpoint', index: at, detail: 'The note is not signed by this key.' });
    }
  });
});
