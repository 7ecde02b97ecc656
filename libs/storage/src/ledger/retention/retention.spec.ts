import { generateKeyPairSync } from 'node:crypto';
import { encodeEvent, newEventId, type ActivityEvent, type EventMessage } from '@medserve/events';
import { parseCheckpoint, splitNote } from '@medserve/ledger';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStorage, type Storage } from '../../open-storage';

const { privateKey: key } = generateKeyPairSync('ed25519');
const OLD = new Date('2018-03-10T08:00:00Z');
const LATER = new Date('2018-05-10T08:00:00Z');
const SEALING = new Date('2018-07-01T00:00:00Z');
const NOW = new Date('2026-11-25T00:00:00Z');
const PATIENT = 'ab'.repeat(32);

const ALL_BUT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe('retention of the ledger', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);

  afterAll(() => server.stop(), 30_000);

  beforeEach(async () => {
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec' });
  }, 60_000);

  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  /** An id as a platform of that day would have made it: ids of this process never go back in time. */
  function idAt(time: Date): string {
    const hex = time.getTime().toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7${newEventId().slice(15)}`;
  }

  const activity = (tenant: string, time: Date): ActivityEvent => ({
    id: idAt(time),
    schema: 1,
    event: 'result_read',
    at: time.toISOString(),
    tenant,
    actor: 'key-1',
    subject: 'result:1',
    outcome: 'success',
  });

  async function append(events: readonly ActivityEvent[]): Promise<void> {
    const payloads = events.map((event) => ({ event, payload: encodeEvent(event) }));
    await database.superuser(async (sql) => {
      for (const { event, payload } of payloads) {
        const values = [event.id, event.tenant, payload];
        await sql.query('INSERT INTO outbox (event, tenant, payload) VALUES ($1, $2, $3)', values);
      }
    });
    await storage.ledger.append(
      payloads.map(({ event, payload }): EventMessage => ({ id: event.id, key: event.id, bytes: payload })),
    );
  }

  const drain = async (): Promise<void> => {
    await storage.ledger.append(await storage.outbox.unsent(1000));
  };

  const verify = async (tenant: string) =>
    storage.ledger.verify(tenant, { verifier: await storage.ledger.verifierKey(tenant, key) });

  /** 40 entries of 2018 in two logs, the home's with one of May in their middle. */
  async function grow(): Promise<void> {
    const old = (tenant: string, count: number) =>
      Array.from({ length: count }, (_, at) => activity(tenant, new Date(OLD.getTime() + at)));
    await append([...old('home', 10), activity('home', LATER), ...old('home', 20)]);
    await append([...old('clinic', 10), activity('clinic', LATER)]);
    await storage.ledger.checkpoint('home', key);
  }

  /** A month was sealed in its time, so that it may go by now. */
  async function growAndSeal(): Promise<void> {
    await grow();
    jest.useFakeTimers({ now: SEALING, doNotFake: [...ALL_BUT_DATE] });
    try {
      expect(await storage.ledger.retention.seal(SEALING)).toEqual(['2018-03']);
    } finally {
      jest.useRealTimers();
    }
    await database.superuser(async (sql) => {
      await sql.query('SET session_replication_role = replica');
      await sql.query('UPDATE ledger_seal SET at = $1', [SEALING]);
    });
    await drain();
  }

  it('seals a month once, in each log it touches, and what is sealed still verifies', async () => {
    await grow();
    const { retention } = storage.ledger;
    expect(await retention.seal(NOW)).toEqual(['2018-03', '2018-05']);
    expect(await retention.seal(NOW)).toEqual([]);
    await drain();
    expect((await storage.ledger.state('home')).size).toBe(33);
    expect((await storage.ledger.state('clinic')).size).toBe(13);
    expect((await verify('home')).problems).toEqual([]);
    expect((await verify('clinic')).problems).toEqual([]);
  }, 30_000);

  it('does not seal a month whose days are not over', async () => {
    await grow();
    expect(await storage.ledger.retention.seal(new Date('2018-06-29T23:00:00Z'))).toEqual([]);
    expect(await storage.ledger.retention.seal(new Date('2018-06-30T00:00:00Z'))).toEqual(['2018-03']);
  }, 30_000);

  it('deletes a sealed month when two people want it, and the log, its proofs and its export tell of it', async () => {
    await growAndSeal();
    const { retention } = storage.ledger;
    await retention.ask('2018-03', 'person-1');
    await expect(retention.approve('2018-03', 'person-1')).rejects.toMatchObject({ reason: 'forbidden' });
    await retention.approve('2018-03', 'person-2');
    await drain();
    expect(await retention.delete('2018-03')).toBe('announced');
    expect(await retention.delete('2018-03')).toBe('announced');
    await drain();
    expect(await verify('home')).toMatchObject({ deleted: 0, problems: [] });
    expect(await retention.delete('2018-03')).toBe('deleted');
    const verdict = await verify('home');
    expect(verdict).toMatchObject({ size: 33, deleted: 30, problems: [], checked: { entries: 3 } });
    expect(await verify('clinic')).toMatchObject({ deleted: 10, problems: [] });

    const dir = mkdtempSync(join(tmpdir(), 'medserve-retention-'));
    expect(await storage.ledger.export('home', key, dir)).toMatchObject({ size: 33, bundlesMissing: 1 });
    rmSync(dir, { recursive: true });
    await append([activity('home', new Date())]);
    const { size } = parseCheckpoint(splitNote(await storage.ledger.checkpoint('home', key)).text);
    expect([size, (await verify('home')).problems]).toEqual([34, []]);
  }, 30_000);

  it.each<[string, (storage: Storage) => Promise<unknown>, RegExp]>([
    ['nobody approved it', () => Promise.resolve(), /Two people/],
    [
      'the tenant is on hold',
      async ({ ledger: { retention } }) => {
        await retention.approve('2018-03', 'person-2');
        await retention.hold({ tenant: 'clinic', reason: 'LIT-7', placedBy: 'person-3' });
      },
      /legal hold/,
    ],
    [
      'a tenant keeps it longer',
      async ({ ledger: { retention } }) => {
        await retention.approve('2018-03', 'person-2');
        await retention.keep('clinic', 10);
      },
      /not over/,
    ],
  ])(
    'refuses to delete while %s',
    async (_, prepare, told) => {
      await growAndSeal();
      await storage.ledger.retention.ask('2018-03', 'person-1');
      await prepare(storage);
      await drain();
      await expect(storage.ledger.retention.delete('2018-03')).rejects.toThrow(told);
      expect((await verify('home')).checked.entries).toBe(32);
    },
    30_000,
  );

  it('refuses to delete what was recorded less than six years ago', async () => {
    await append([activity('home', new Date())]);
    const { retention } = storage.ledger;
    const month = new Date().toISOString().slice(0, 7);
    await expect(retention.ask(month, 'person-1')).rejects.toThrow(/not over/);
    expect(await retention.seal(new Date())).toEqual([]);
  }, 30_000);

  it('refuses to delete what was sealed lately, whatever time its ids claim: the clock of their maker may have been wrong', async () => {
    await grow();
    const { retention } = storage.ledger;
    await retention.ask('2018-03', 'person-1');
    await retention.approve('2018-03', 'person-2');
    await drain();
    await expect(retention.delete('2018-03')).rejects.toThrow(/not over/);
  }, 30_000);

  it('does not believe a log that lets entries go too soon after their seal, or dates a seal back', async () => {
    await grow();
    const { retention } = storage.ledger;
    await retention.ask('2018-03', 'person-1');
    await retention.approve('2018-03', 'person-2');
    await drain();
    const age = async (): Promise<void> => {
      await database.superuser(async (sql) => {
        await sql.query('SET session_replication_role = replica');
        await sql.query('UPDATE ledger_seal SET at = $1', [SEALING]);
      });
    };
    await age();
    expect(await retention.delete('2018-03')).toBe('announced');
    await drain();
    const detail = 'A deletion came before its time.';
    expect((await verify('clinic')).problems).toContainEqual({ kind: 'retention', index: 12, detail });

    await append([activity('clinic', new Date('2018-01-02T00:00:00Z')), activity('clinic', new Date())]);
    jest.useFakeTimers({ now: SEALING, doNotFake: [...ALL_BUT_DATE] });
    try {
      expect(await retention.seal(SEALING)).toContain('2018-01');
    } finally {
      jest.useRealTimers();
    }
    await drain();
    expect((await verify('clinic')).problems).toContainEqual(
      expect.objectContaining({
        kind: 'retention',
        detail: 'A seal says that it is older than what is in front of it.',
      }),
    );
  }, 30_000);

  it('does not keep appends waiting behind somebody who reads for long', async () => {
    await growAndSeal();
    const { retention } = storage.ledger;
    await retention.ask('2018-03', 'person-1');
    await retention.approve('2018-03', 'person-2');
    await retention.delete('2018-03');
    await drain();
    await database.superuser(async (sql) => {
      await sql.query('BEGIN; SELECT count(*) FROM ledger_entry');
      await expect(retention.delete('2018-03')).rejects.toMatchObject({
        reason: 'unavailable',
        message: 'Others are reading these entries; try again.',
      });
      await sql.query('COMMIT');
    });
    expect(await retention.delete('2018-03')).toBe('deleted');
  }, 30_000);

  it('holds only the months with a patient, where the hold is about one, until it is released', async () => {
    await growAndSeal();
    const { retention } = storage.ledger;
    await retention.ask('2018-03', 'person-1');
    await retention.approve('2018-03', 'person-2');
    const { id } = await retention.hold({ tenant: 'home', patient: PATIENT, reason: 'LIT-7', placedBy: 'person-3' });
    await drain();
    expect(await retention.delete('2018-03')).toBe('announced');
    expect(await retention.holds()).toEqual([
      { id, tenant: 'home', patient: PATIENT, reason: 'LIT-7', placedBy: 'person-3' },
    ]);
    await retention.release(id, 'person-3');
    expect(await retention.holds()).toEqual([]);
    await expect(retention.release(id, 'person-3')).rejects.toMatchObject({ reason: 'not_found' });
  }, 30_000);

  it('never shortens the time to keep', async () => {
    const { retention } = storage.ledger;
    await retention.keep('clinic', 10);
    await drain();
    expect((await storage.audit.search('clinic', { limit: 1 })).entries[0]?.event).toMatchObject({
      event: 'tenant_changed',
      facts: { keepYears: 10 },
    });
    await expect(retention.keep('clinic', 9)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(retention.keep('home', 5)).rejects.toMatchObject({ reason: 'forbidden' });
  }, 30_000);

  it('takes a gap for a loss where the log does not say that it was deleted', async () => {
    await grow();
    await storage.ledger.retention.seal(NOW);
    await drain();
    await database.superuser((sql) => sql.query('DROP TABLE ledger_entry_2018_03'));
    expect((await verify('home')).problems).toEqual([{ kind: 'entry', index: 0, detail: 'The entry is missing.' }]);
  }, 30_000);
});
