import { generateKeyPairSync } from 'node:crypto';
import { encodeEvent, newEventId, type ActivityEvent, type LedgerEvent } from '@medserve/events';
import { decodeBundle, leafHash } from '@medserve/ledger';
import { activityEvent, recordEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const PATIENT = 'ab'.repeat(32);

const activity = (more: Partial<ActivityEvent> = {}): ActivityEvent =>
  activityEvent({
    event: 'result_read',
    tenant: 'north',
    subject: 'result:1',
    ...more,
  });

describe('AuditReader', () => {
  let database: TestDatabase;
  let storage: Storage;
  let gateway: Storage;
  const key = generateKeyPairSync('ed25519').privateKey;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
    gateway = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
  }, 60_000);

  afterAll(async () => {
    await gateway.close();
    await storage.close();
    await database.close();
  }, 30_000);

  /** Puts events into the log, as gateway, relay and recorder do. */
  const log = async (...events: LedgerEvent[]): Promise<void> => {
    await database.superuser(async (sql) => {
      for (const event of events) {
        await sql.query('INSERT INTO outbox (event, tenant, request, payload) VALUES ($1, $2, $3, $4)', [
          event.id,
          event.tenant,
          'request' in event ? event.request : null,
          encodeEvent(event),
        ]);
      }
    });
    await storage.ledger.append(await storage.outbox.unsent(1_000));
  };

  it('finds by every field, newest first, what stands in the log, with its place and hash', async () => {
    const request = newEventId();
    const model = { name: 'organ-modality', version: '1', digest: 'sha256:00' };
    const completed = recordEvent({
      request,
      event: 'completed',
      tenant: 'north',
      actor: 'key-9',
      model,
      patient: PATIENT,
    });
    const read = activity({ subject: `result:${request}` });
    await log(activity({ at: '2026-01-02T00:00:00.000Z', actor: 'old' }), completed, read);
    const ids = async (query: object): Promise<string[]> =>
      (await gateway.audit.search('north', { limit: 10, ...query })).entries.map(({ event }) => event.id);
    expect(await ids({ subject: `result:${request}` })).toEqual([read.id, completed.id]);
    expect(await ids({ patient: PATIENT })).toEqual([completed.id]);
    expect(await ids({ model: 'organ-modality' })).toEqual([completed.id]);
    expect(await ids({ actor: 'key-9', event: 'completed' })).toEqual([completed.id]);
    expect(await ids({ actor: 'key-9', event: 'failed' })).toEqual([]);
    const january = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-02-01T00:00:00Z') };
    expect(await ids(january)).toHaveLength(1);
    const { entries } = await gateway.audit.search('north', { limit: 1 });
    expect(entries[0]).toMatchObject({ sequence: 2, hash: leafHash(encodeEvent(read)).toString('hex'), event: read });
  });

  it('gives pages that come to an end, and takes what was added since into the index', async () => {
    await log(...Array.from({ length: 7 }, () => activity({ tenant: 'paged', actor: 'pager' })));
    const seen: number[] = [];
    let before: number | undefined;
    do {
      const page = await gateway.audit.search('paged', { actor: 'pager', limit: 3, before });
      seen.push(...page.entries.map(({ sequence }) => sequence));
      before = page.before;
    } while (before !== undefined);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
    await log(activity({ tenant: 'paged', actor: 'pager' }));
    expect((await gateway.audit.search('paged', { limit: 1 })).entries[0]?.sequence).toBe(7);
  });

  it('shows a tenant nothing of another, whatever is asked for', async () => {
    await log(activity({ tenant: 'south', actor: 'theirs' }));
    expect(await gateway.audit.search('north', { actor: 'theirs', limit: 10 })).toEqual({ entries: [] });
    expect(await gateway.audit.search('nobody', { limit: 10 })).toEqual({ entries: [] });
    expect(await gateway.audit.head('nobody')).toBeUndefined();
  });

  it('reads tiles and bundles as they were stored, of every width that is signed', async () => {
    await log(...Array.from({ length: 5 }, () => activity({ tenant: 'tiled' })));
    expect(await gateway.audit.tile('tiled', { level: 0, index: 0 }, 1)).toBeUndefined();
    expect(await gateway.audit.bundle('tiled', 0, 1)).toBeUndefined();
    await storage.ledger.checkpoint('tiled', key);
    const tile = await gateway.audit.tile('tiled', { level: 0, index: 0 }, 3);
    const bundle = await gateway.audit.bundle('tiled', 0, 3);
    const hashes = decodeBundle(bundle ?? Buffer.alloc(0)).map((leaf) => leafHash(leaf));
    expect(hashes).toHaveLength(3);
    expect(tile?.equals(Buffer.concat(hashes))).toBe(true);
    expect(await gateway.audit.tile('tiled', { level: 0, index: 0 }, 6)).toBeUndefined();
    expect(await gateway.audit.tile('tiled', { level: 1, index: 0 }, 1)).toBeUndefined();
    expect(await gateway.audit.bundle('tiled', 0, 6)).toBeUndefined();
    expect(await gateway.audit.bundle('tiled', 1, 1)).toBeUndefined();
  });

  it('knows the key that signs the log from the first checkpoint on', async () => {
    expect(await gateway.audit.verifier('north')).toBeUndefined();
    await storage.ledger.checkpoint('north', key);
    await storage.ledger.checkpoint('north', key);
    expect(await gateway.audit.verifier('north')).toBe(await storage.ledger.verifierKey('north', key));
    expect(await gateway.audit.verifier('south')).toBeUndefined();
  });
});
