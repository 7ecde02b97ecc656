import { createHash } from 'node:crypto';
import { newEventId } from '@medserve/events';
import { acceptance, completion, recordEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import fc from 'fast-check';
import { openStorage, type Storage } from '../open-storage';
import type { Acceptance, Ending, FinalStatus } from './record-store';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const ending = (request: Acceptance, status: FinalStatus): Ending => ({
  ...completion(request.id, `{"by":"${newEventId()}"}`),
  tenant: request.tenant,
  status,
  event: recordEvent({ request: request.id, event: status }),
});

/** What one caller does: uses a key or none, sends these or other bytes, and says these endings, all at once. */
const caller = fc.record({
  key: fc.option(fc.constantFrom('one', 'two', 'three')),
  bytes: fc.constantFrom('these', 'those'),
  endings: fc.array(fc.constantFrom<FinalStatus>('completed', 'failed', 'cancelled'), { maxLength: 3 }),
  poison: fc.integer({ min: 0, max: 15 }).map((drawn) => drawn === 0),
});

describe('records that share commits', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 5, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const rowsOf = <T>(text: string, values: unknown[]): Promise<T[]> =>
    database.superuser(async (sql) => (await sql.query<T>(text, values)).rows);

  it('have the outcomes that they would have one by one, however they come together', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(caller, { minLength: 1, maxLength: 40 }), async (callers) => {
        run += 1;
        const tenant = `tenant-${String(run)}`;
        const live = callers.map(async ({ key, bytes, endings, poison }) => {
          const request = acceptance({
            tenant,
            ...(key === null ? {} : { idempotencyKeyHash: sha256(key) }),
            fingerprint: sha256(bytes),
            // No number: PostgreSQL refuses the row.
            ...(poison ? { owner: 'poison' } : {}),
          });
          const outcome = await storage.records.accept(request).catch((error: unknown) => error);
          const said = outcome instanceof Error || (outcome as { kind: string }).kind !== 'accepted' ? [] : endings;
          const finals = said.map((status) => ending(request, status));
          const ends = await Promise.all(finals.map((final) => storage.records.finish(final)));
          return { key, bytes, poison, request, outcome, finals, ends };
        });
        const done = await Promise.all(live);

        const requests = await rowsOf<{
          id: string;
          status: string;
          final_event: string | null;
          result: Buffer | null;
        }>('SELECT id, status, final_event, result FROM request WHERE tenant = $1', [tenant]);
        const events = await rowsOf<{ event: string; request: string; kind: string }>(
          `SELECT event, request, convert_from(payload, 'UTF8')::json->>'event' AS kind FROM outbox
           WHERE request = ANY($1::uuid[]) ORDER BY position`,
          [done.map(({ request }) => request.id)],
        );
        const eventsOf = (id: string) => events.filter(({ request }) => request === id);

        for (const { poison, request, outcome, finals, ends } of done) {
          const row = requests.find(({ id }) => id === request.id);
          if (poison) {
            expect(outcome).toMatchObject({ code: '22P02' });
            expect([row, ...eventsOf(request.id)]).toEqual([undefined]);
            continue;
          }
          const { kind } = outcome as { kind: string };
          // The rows of a request are there if and only if its caller was told so, each with its event.
          expect(row !== undefined).toBe(kind === 'accepted');
          const winners = finals.filter((_, at) => ends[at]?.kind === 'recorded');
          expect(winners).toHaveLength(Math.min(1, finals.length));
          for (const end of ends) {
            if (end.kind === 'superseded') expect(end.status).toBe(winners[0]?.status);
          }
          expect(row?.final_event ?? undefined).toBe(winners[0]?.event.id);
          expect(row?.result ?? undefined).toEqual(winners[0]?.result?.bytes);
          expect(eventsOf(request.id).map(({ event }) => event)).toEqual(
            kind === 'accepted' ? [request.event.id, ...winners.map(({ event }) => event.id)] : [],
          );
        }
        for (const key of ['one', 'two', 'three']) {
          const users = done.filter((entry) => entry.key === key && !entry.poison);
          const accepted = users.filter(({ outcome }) => (outcome as { kind: string }).kind === 'accepted');
          if (users.length > 0) expect(accepted.length).toBeGreaterThan(0);
          for (const { bytes, outcome } of users) {
            const told = outcome as { kind: string; id?: string };
            const first = accepted.find(({ request }) => request.id === told.id);
            if (told.kind === 'replay') expect(first?.bytes).toBe(bytes);
            if (told.kind === 'reused') expect(accepted.some((entry) => entry.bytes !== bytes)).toBe(true);
          }
          // A key stands for one request, unless that ended without an answer and freed it.
          const holding = accepted.filter(({ request }) => {
            const status = requests.find(({ id }) => id === request.id)?.status;
            return status === 'accepted' || status === 'completed';
          });
          expect(holding.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('are refused as unavailable, all of a group, when their connection breaks, and the next are written', async () => {
    const requests = Array.from({ length: 20 }, () => acceptance());
    await Promise.all(requests.map((request) => storage.records.accept(request)));
    const outcomes = await database.superuser(async (sql) => {
      // Holds the rows, so that the endings are on their way when their connection is cut.
      await sql.query('BEGIN');
      await sql.query('SELECT 1 FROM request WHERE id = ANY($1::uuid[]) FOR UPDATE', [requests.map(({ id }) => id)]);
      const ends = Promise.allSettled(requests.map(({ id }) => storage.records.finish(completion(id))));
      const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'spec-records' AND wait_event_type = 'Lock'`;
      while ((await sql.query(cut)).rows.length === 0) await new Promise(setImmediate);
      await sql.query('ROLLBACK');
      return ends;
    });
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { reason: 'unavailable' } });
    const again = await Promise.all(requests.map(({ id }) => storage.records.finish(completion(id))));
    const superseded = again.filter(({ kind }) => kind === 'superseded');
    expect(superseded).toHaveLength(outcomes.length - refused.length);
  });
});
