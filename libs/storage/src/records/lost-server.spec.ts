import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import { acceptance, completion } from '@medserve/testkit';
import { migrate } from '../database/data-source';
import { withConnection } from '../database/with-connection';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded';
import { processesOn } from '../embedded/leftovers';
import { openStorage, type Storage } from '../open-storage';
import type { Acceptance } from './record-store';

const CALLERS = 24;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What `unavailable` promises a caller: come back, and say the same again. */
async function insist<T>(work: () => Promise<T>, refusals: ServingError[]): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ServingError) || error.reason !== 'unavailable') throw error;
      refusals.push(error);
      await delay(20);
    }
  }
}

describe('a PostgreSQL that is lost under the records', () => {
  let dir: string;
  let server: EmbeddedPostgres;
  let storage: Storage;
  const signalAll = (name: NodeJS.Signals): void => {
    for (const pid of processesOn(join(dir, 'cluster', 'data'))) process.kill(pid, name);
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'medserve-lost-server-'));
    server = await startEmbeddedPostgres({ dir });
    await migrate(server.url);
    storage = await openStorage({ url: server.url, poolSize: 4, applicationName: 'lost', role: 'gateway' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 30_000);

  /** Callers that ask and are answered, one request after another with a key each, until `isOver`. */
  function traffic(name: string, isOver: () => boolean) {
    const refusals: ServingError[] = [];
    const answered: Acceptance[] = [];
    const caller = async (lane: number): Promise<void> => {
      for (let turn = 0; !isOver(); turn += 1) {
        const idempotencyKeyHash = sha256(`${name} ${String(lane)} ${String(turn)}`);
        const request = acceptance({ idempotencyKeyHash });
        // A retry is a request of its own with the same key, as a gateway makes it.
        const accepted = await insist(async () => {
          const again = acceptance({ idempotencyKeyHash });
          const outcome = await storage.records.accept(again);
          return outcome.kind === 'replay' ? { ...request, id: outcome.id } : again;
        }, refusals);
        const ending = completion(accepted.id);
        expect(await insist(() => storage.records.finish(ending), refusals)).toEqual({ kind: 'recorded' });
        answered.push(accepted);
      }
    };
    const all = Promise.all(Array.from({ length: CALLERS }, (_, lane) => caller(lane)));
    return { refusals, answered, all };
  }

  /** Each of them: one row by its key, one event for its start and one for its end. */
  async function expectEachOnce(answered: readonly Acceptance[]): Promise<void> {
    const ids = answered.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const { rows } = await withConnection(server.url, (sql) =>
      sql.query<{ id: string }>(
        `SELECT id FROM request JOIN outbox ON outbox.request = request.id WHERE status = 'completed' AND id = ANY($1::uuid[])
         GROUP BY id HAVING count(*) = 2 AND count(DISTINCT convert_from(payload, 'UTF8')::json->>'event') = 2`,
        [ids],
      ),
    );
    expect(rows).toHaveLength(ids.length);
    const { rows: open } = await withConnection(server.url, (sql) =>
      sql.query(`SELECT 1 FROM request WHERE status = 'accepted'`),
    );
    expect(open).toEqual([]);
  }

  it('loses and doubles nothing while its connections are cut in the middle of commits', async () => {
    let cuts = 0;
    const { answered, refusals, all } = traffic('cut', () => cuts >= 40);
    await withConnection(server.url, async (sql) => {
      while (cuts < 40) {
        const { rows } = await sql.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name LIKE 'lost%' AND state = 'active' AND random() < 0.7`,
        );
        cuts += rows.length;
        await delay(5);
      }
    });
    await all;
    expect(refusals.length).toBeGreaterThan(0);
    await expectEachOnce(answered);
  }, 60_000);

  it('refuses with a time to come back while it is dead, and has all that was promised when it is there again', async () => {
    let isBack = false;
    const { answered, refusals, all } = traffic('killed', () => isBack && answered.length > 200);
    while (answered.length < 100) await delay(5);
    signalAll('SIGKILL');
    await server.exited;
    await expect(storage.records.accept(acceptance())).rejects.toMatchObject({
      reason: 'unavailable',
      retryAfterMs: 2_000,
    });
    await expect(storage.records.find('local', acceptance().id)).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(storage.keys.findByPrefix('ms_a')).rejects.toMatchObject({ reason: 'unavailable' });
    server = await startEmbeddedPostgres({ dir, port: server.port });
    isBack = true;
    await all;
    expect(refusals.length).toBeGreaterThan(0);
    await expectEachOnce(answered);
  }, 60_000);

  it('keeps callers waiting while it stands still, tells those whose time is over, and answers the others afterwards', async () => {
    const impatient = await openStorage({
      url: server.url,
      poolSize: 4,
      applicationName: 'lost-impatient',
      role: 'gateway',
      replyTimeoutMs: 300,
    });
    await impatient.records.accept(acceptance());
    const before = acceptance();
    await storage.records.accept(before);
    signalAll('SIGSTOP');
    const idempotencyKeyHash = sha256('stood still');
    const waiting = [
      storage.records.accept(acceptance({ idempotencyKeyHash })),
      storage.records.finish(completion(before.id)),
    ];
    const refused = await Promise.allSettled([
      impatient.records.accept(acceptance()),
      impatient.records.find('local', before.id),
      impatient.records.accept(acceptance()),
    ]);
    signalAll('SIGCONT');
    expect(refused).toMatchObject(refused.map(() => ({ status: 'rejected', reason: { reason: 'unavailable' } })));
    expect(await Promise.all(waiting)).toEqual([{ kind: 'accepted' }, { kind: 'recorded' }]);
    // Of those that were given up nobody knows; their keys would tell.
    expect(await storage.records.accept(acceptance({ idempotencyKeyHash }))).toMatchObject({ kind: 'replay' });
    await impatient.close();
  }, 60_000);
});
