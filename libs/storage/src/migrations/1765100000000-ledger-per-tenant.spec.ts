import { generateKeyPairSync } from 'node:crypto';
import { encodeEvent, newEventId, type RecordEvent } from '@medserve/events';
import { checkpointText, GrowingTree, leafHash, signNote, verifierKey, type Tile } from '@medserve/ledger';
import { acceptance, recordEvent, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { createDataSource, migrate } from '../database/data-source';
import { withConnection } from '../database/with-connection';
import { openStorage } from '../open-storage';
import { First1764000000000 } from './1764000000000-first';
import { Tenants1765000000000 } from './1765000000000-tenants';
import { RowSecurity1765050000000 } from './1765050000000-row-security';

const REQUESTS = 150;
const { privateKey: key } = generateKeyPairSync('ed25519');

describe('the migration to a log for each tenant', () => {
  let server: TestServer;
  let spare: TestDatabase;
  let url: string;

  beforeAll(async () => {
    server = await startTestServer();
    spare = await server.database();
    await spare.superuser((sql) => sql.query('CREATE DATABASE test_before'));
    url = spare.url.replace(/\/test_[0-9a-f]+/u, '/test_before');
  }, 60_000);

  afterAll(async () => {
    await spare.superuser((sql) => sql.query('DROP DATABASE test_before WITH (FORCE)'));
    await spare.close();
    await server.stop();
  }, 30_000);

  async function migrateAsBefore(): Promise<void> {
    const migrations = [First1764000000000, Tenants1765000000000, RowSecurity1765050000000];
    const dataSource = createDataSource({ url, poolSize: 1, applicationName: 'spec' }).setOptions({ migrations });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    await dataSource.destroy();
  }

  /** What a home of the time before had: requests of two tenants, all in one log. */
  async function fillAsBefore(): Promise<{ origin: string; ids: string[]; root: Buffer }> {
    const events: RecordEvent[] = [];
    const ids: string[] = [];
    return withConnection(url, async (sql) => {
      for (let at = 0; at < REQUESTS; at += 1) {
        const tenant = at % 3 === 0 ? 'clinic' : 'home';
        const accepted = recordEvent({ tenant });
        const failed = recordEvent({ tenant, request: accepted.request, event: 'failed' });
        ids.push(accepted.request);
        events.push(accepted, failed);
        await sql.query(
          `INSERT INTO request (id, tenant, actor, status, fingerprint, owner, lease_until, accepted_event, final_event)
           VALUES ($1, $2, 'key-1', 'failed', 'x', 1, now(), $3, $4)`,
          [accepted.request, tenant, accepted.id, failed.id],
        );
      }
      const leaves = events.map(encodeEvent);
      for (const [index, event] of events.entries())
        await sql.query('INSERT INTO ledger_entry (index, event, request, leaf) VALUES ($1, $2, $3, $4)', [
          index,
          event.id,
          event.request,
          leaves[index],
        ]);
      const tree = new GrowingTree(0, []);
      const tiles = new Map<string, Tile>();
      for (const leaf of leaves)
        for (const tile of tree.append([leafHash(leaf)]))
          tiles.set(`${String(tile.level)}/${String(tile.index)}`, tile);
      for (const { level, index, bytes } of tiles.values())
        await sql.query('INSERT INTO ledger_tile (level, index, bytes) VALUES ($1, $2, $3)', [level, index, bytes]);
      const root = tree.root();
      await sql.query('UPDATE ledger_state SET size = $1, root = $2', [tree.size, root]);
      const { rows } = await sql.query<{ origin: string }>('SELECT origin FROM ledger_state');
      const origin = rows[0]?.origin ?? '';
      const note = signNote(checkpointText({ origin, size: tree.size, root }), origin, key);
      await sql.query('INSERT INTO ledger_checkpoint (size, root, note) VALUES ($1, $2, $3)', [tree.size, root, note]);
      return { origin, ids, root };
    });
  }

  it('keeps the log of a home as it was: name, entries, root, checkpoints and proofs; and it goes on', async () => {
    await migrateAsBefore();
    const { origin, ids, root } = await fillAsBefore();
    await migrate(url);
    const storage = await openStorage({ url, poolSize: 2, applicationName: 'spec' });
    const { ledger } = storage;
    const verify = (tenant: string, name: string) => ledger.verify(tenant, { verifier: verifierKey(name, key) });
    expect(await ledger.state('home')).toEqual({
      tenant: 'home',
      origin,
      size: 2 * REQUESTS,
      root,
      signed: 2 * REQUESTS,
      mixedUntil: 2 * REQUESTS,
      isHeld: false,
    });
    expect(await verify('home', origin)).toMatchObject({
      problems: [],
      checked: { checkpoints: 1, entries: 2 * REQUESTS },
    });
    expect((await ledger.prove('home', key, ids[1] ?? '')).records.map(({ index }) => index)).toEqual([2, 3]);

    const gateway = await openStorage({ url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
    const [ofClinic = '', ofHome = ''] = ids;
    const seen = async (tenant: string, id: string) =>
      (await gateway.audit.ofRequest(tenant, id)).map(({ sequence, event, isInOwnLog }) => [
        sequence,
        event.event,
        isInOwnLog,
      ]);
    expect(await seen('clinic', ofClinic)).toEqual([
      [0, 'accepted', false],
      [1, 'failed', false],
    ]);
    expect(await seen('home', ofHome)).toEqual([
      [2, 'accepted', true],
      [3, 'failed', true],
    ]);
    expect([await seen('home', ofClinic), await seen('clinic', ofHome)]).toEqual([[], []]);
    expect((await ledger.prove('clinic', key, ofClinic)).records.map(({ index }) => index)).toEqual([0, 1]);
    await expect(ledger.prove('clinic', key, ofHome)).rejects.toMatchObject({ reason: 'not_found' });
    expect(await ledger.recordsOf('clinic', ofClinic)).toHaveLength(2);
    expect([await gateway.audit.bundle('home', 0, 256), await storage.audit.bundle('home', 0, 256)]).toEqual([
      undefined,
      undefined,
    ]);
    await withConnection(url, async (sql) => {
      await sql.query(`SET ROLE medserve_gateway; SELECT set_config('medserve.tenant', '{home}', false)`);
      const text = `SELECT DISTINCT convert_from(leaf, 'UTF8')::json->>'tenant' AS of FROM ledger_entry`;
      expect((await sql.query(text)).rows).toEqual([{ of: 'home' }]);
    });
    await gateway.close();

    for (const tenant of ['home', 'clinic']) {
      const id = newEventId();
      await storage.records.accept(acceptance({ id, tenant, event: recordEvent({ tenant, request: id }) }));
    }
    await ledger.makeMonths(new Date());
    expect(await ledger.append(await storage.outbox.unsent(10))).toMatchObject({ count: 2, refused: [] });
    expect((await ledger.logs()).map(({ tenant, size }) => [tenant, size])).toEqual([
      ['clinic', 1],
      ['home', 2 * REQUESTS + 1],
    ]);
    await ledger.checkpoint('home', key);
    expect((await verify('home', origin)).problems).toEqual([]);
    expect((await verify('clinic', `${origin}/clinic`)).problems).toEqual([]);
    await storage.close();
  }, 60_000);
});
