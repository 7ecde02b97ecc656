import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { acceptance, activityEvent, completion, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import type { Verdict } from './verify-log';

const REQUESTS = 300;
const { privateKey: key } = generateKeyPairSync('ed25519');

describe('verifyLog', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'spec' });
    for (let at = 0; at < REQUESTS; at += 1) {
      const request = acceptance();
      await storage.records.accept(request);
      await storage.records.finish(completion(request.id, `{"n":${String(at)}}`));
      if (at % 7 === 0) await storage.ledger.append(await storage.outbox.unsent(1000));
      if (at % 50 === 0) await storage.ledger.checkpoint('local', key);
    }
    await storage.ledger.append(await storage.outbox.unsent(1000));
    await storage.ledger.checkpoint('local', key);
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const verify = async (): Promise<Verdict> =>
    storage.ledger.verify('local', { verifier: await storage.ledger.verifierKey('local', key), sampledResults: 1000 });

  /** Tampers as a superuser with the triggers off, verifies, and puts everything back. */
  async function verdictAfter(...statements: string[]): Promise<Verdict> {
    return database.superuser(async (sql) => {
      const tables = ['request', 'content_key', 'ledger_entry', 'ledger_tile', 'ledger_state', 'ledger_checkpoint'];
      await sql.query('SET session_replication_role = replica');
      for (const table of tables) await sql.query(`CREATE TEMP TABLE kept_${table} AS TABLE ${table}`);
      try {
        for (const statement of statements) await sql.query(statement);
        return await verify();
      } finally {
        for (const table of tables) {
          await sql.query(`DELETE FROM ${table}`);
          await sql.query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
        }
      }
    });
  }

  it('finds nothing wrong with an honest log, and says its size and root as the checkpoint does', async () => {
    const verdict = await verify();
    expect(verdict.problems).toEqual([]);
    expect(verdict.checked).toEqual({ entries: 600, checkpoints: 7, requests: REQUESTS, results: REQUESTS });
    const [, size, root] = (await storage.ledger.checkpoint('local', key)).split('\n');
    expect([String(verdict.size), verdict.root]).toEqual([size, root]);
  });

  it('names the first of changed entries', async () => {
    const { problems } = await verdictAfter(
      `UPDATE ledger_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"local"', '"other"'), 'UTF8') WHERE index IN (123, 400)`,
    );
    expect(problems[0]).toEqual({
      kind: 'entry',
      index: 123,
      detail: 'The entry is not the one that was appended here.',
    });
  });

  it('names a deleted entry, also when the rows behind it are moved up', async () => {
    const gone = await verdictAfter('DELETE FROM ledger_entry WHERE index = 77');
    expect(gone.problems[0]).toEqual({ kind: 'entry', index: 77, detail: 'The entry is missing.' });
    const closed = await verdictAfter(
      'DELETE FROM ledger_entry WHERE index = 77',
      'UPDATE ledger_entry SET index = index - 10000 WHERE index > 77',
      'UPDATE ledger_entry SET index = index + 9999 WHERE index < 0',
    );
    expect(closed.problems).toContainEqual({
      kind: 'entry',
      index: 77,
      detail: 'The entry is not the one that was appended here.',
    });
  });

  it('finds two entries that changed places', async () => {
    const { problems } = await verdictAfter(
      'UPDATE ledger_entry SET index = -1 WHERE index = 10',
      'UPDATE ledger_entry SET index = 10 WHERE index = 11',
      'UPDATE ledger_entry SET index = 11 WHERE index = -1',
    );
    expect(problems[0]).toMatchObject({ kind: 'entry', index: 10 });
  });

  it('finds an end that was cut off, tiles, state and all, by the checkpoint that was signed', async () => {
    const { problems } = await verdictAfter(
      'DELETE FROM ledger_entry WHERE index >= 598',
      'UPDATE ledger_tile SET bytes = substring(bytes FROM 1 FOR (598 - 512) * 32) WHERE level = 0 AND index = 2',
      'UPDATE ledger_state SET size = 598',
    );
    expect(problems).toContainEqual({
      kind: 'checkpoint',
      index: 600,
      detail: 'The log is shorter than a checkpoint that was signed: entries are missing at its end.',
    });
    expect(problems).toContainEqual(
      expect.objectContaining({ kind: 'request', detail: 'The ledger lacks an event of this request.' }),
    );
  });

  it('finds changed tiles, roots, checkpoints and answers', async () => {
    const tile = await verdictAfter(
      `UPDATE ledger_tile SET bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1) WHERE level = 1`,
    );
    expect(tile.problems[0]).toMatchObject({ kind: 'tile', index: 256 });
    const root = await verdictAfter(`UPDATE ledger_state SET root = sha256('x')`);
    expect(root.problems).toContainEqual({ kind: 'root', detail: 'The root does not follow from the entries.' });
    const note = await verdictAfter(
      `UPDATE ledger_checkpoint SET note = replace(note, E'\\n600\\n', E'\\n599\\n') WHERE size = 600`,
    );
    expect(note.problems[0]).toMatchObject({ kind: 'checkpoint', index: 600 });
    const result = await verdictAfter(
      `UPDATE request SET result = 'other' WHERE id = (SELECT id FROM request ORDER BY id LIMIT 1 OFFSET 5)`,
    );
    expect(result.problems[0]).toMatchObject({ kind: 'result' });
  });

  it('finds a request without its entries and an entry without its request', async () => {
    const { problems } = await verdictAfter(
      'UPDATE request SET accepted_event = gen_random_uuid() WHERE id = (SELECT request FROM ledger_entry WHERE index = 20)',
    );
    expect(problems).toEqual([
      expect.objectContaining({ kind: 'request' }),
      expect.objectContaining({ kind: 'entry', index: 20, detail: 'The entry is about no request that is known.' }),
    ]);
  });

  it.each([
    ['all of them', 0, 0],
    ['the newest', 350, 296],
  ])('finds that checkpoints were taken away: %s', async (_, from, covered) => {
    const held = `UPDATE ledger_state SET held_since = now()`;
    for (const further of [[], [held]]) {
      const { problems } = await verdictAfter(`DELETE FROM ledger_checkpoint WHERE size > ${String(from)}`, ...further);
      expect(problems).toEqual([
        {
          kind: 'checkpoint',
          index: covered,
          detail: 'No checkpoint covers what is from here on, though one of size 600 was signed: it was taken away.',
        },
      ]);
    }
  });

  it('lacks no checkpoint of what nobody has signed, however long no recorder has run', async () => {
    const fresh = await startTestDatabase();
    const another = await openStorage({ url: fresh.url, poolSize: 2, applicationName: 'spec' });
    const look = async () =>
      (await another.ledger.verify('local', { verifier: await another.ledger.verifierKey('local', key) })).problems;
    const append = async () => {
      await another.records.accept(acceptance());
      await another.ledger.append(await another.outbox.unsent(10));
    };
    const age = () =>
      fresh.superuser((sql) =>
        sql.query(
          `SET session_replication_role = replica; UPDATE request SET accepted_at = accepted_at - interval '1 day'`,
        ),
      );
    try {
      await append();
      await age();
      await append();
      expect(await look()).toEqual([]);
      await another.ledger.checkpoint('local', key);
      await append();
      await age();
      await append();
      expect(await look()).toEqual([]);
    } finally {
      await another.close();
      await fresh.close();
    }
  }, 60_000);

  describe('of a request whose row was changed past the platform', () => {
    const VICTIM = '(SELECT id FROM request ORDER BY id LIMIT 1 OFFSET 5)';
    const SAYS_ANOTHER = { kind: 'request', detail: 'The request says another end, or actor, than the ledger.' };
    const UNFIT = { kind: 'result', detail: 'The stored answer is missing, or is of no kind that it could be.' };

    it.each<[string, string, object[]]>([
      [
        'a failure in place of its answer',
        `status = 'failed', content_type = 'application/problem+json', result = '{"status":422}'`,
        [SAYS_ANOTHER, { kind: 'result', detail: 'The stored answer is not the one that was recorded.' }],
      ],
      ['a failure with the right answer', `status = 'failed'`, [SAYS_ANOTHER]],
      ['cancelled', `status = 'cancelled', result = NULL`, [SAYS_ANOTHER, UNFIT]],
      ['no answer', 'result = NULL', [UNFIT]],
      ['an answer of another kind', `content_type = 'text/html'`, [UNFIT]],
      ['another actor', `actor = 'key-2'`, [SAYS_ANOTHER]],
      ['its events exchanged', 'accepted_event = final_event, final_event = accepted_event', [SAYS_ANOTHER]],
    ])('finds %s', async (_, change, expected) => {
      const { problems } = await verdictAfter(`UPDATE request SET ${change} WHERE id = ${VICTIM}`);
      for (const problem of expected) expect(problems).toContainEqual(expect.objectContaining(problem));
    });

    it('finds a plain answer where answers are sealed, though it is the right one', async () => {
      const verifier = await storage.ledger.verifierKey('local', key);
      const openContent = (_: object, stored: Buffer) => Promise.resolve(stored);
      const { problems } = await storage.ledger.verify('local', { verifier, openContent });
      expect(problems).toEqual([
        expect.objectContaining({
          kind: 'result',
          detail: 'The stored answer is not sealed, though it is of a time when answers are.',
        }),
      ]);
    });
  });

  it('finds a key of answers that was destroyed and of which the log does not tell, also beside one of which it does', async () => {
    const destroyed = (at: string, month: string) =>
      `INSERT INTO content_key (id, tenant, subject, destroyed_at) VALUES (gen_random_uuid(), 'local', 'month:${month}', ${at})`;
    const { problems } = await verdictAfter(destroyed('now()', '2026-10'));
    expect(problems).toEqual([
      {
        kind: 'key',
        subject: 'month:2026-10',
        detail: 'A key of stored answers was destroyed, and the log does not say so.',
      },
    ]);
    const subject = 'month:2026-11';
    await storage.contentKeys.obtain('local', subject, { id: randomUUID(), wrapped: randomBytes(60) });
    const told = activityEvent({ event: 'content_shredded', subject, tenant: 'local' });
    await storage.contentKeys.destroy('local', subject, told);
    expect((await verify()).problems).toEqual([]);
    await storage.ledger.append(await storage.outbox.unsent(1000));
    expect((await verify()).problems).toEqual([]);
    const again = await verdictAfter(destroyed('now()', '2026-11'));
    expect(again.problems).toEqual([expect.objectContaining({ kind: 'key', subject })]);
  });

  it('finds a history that was rewritten whole and signed anew, given one honest checkpoint', async () => {
    const honest = await storage.ledger.verifierKey('local', key);
    const other = await storage.ledger.verifierKey('local', generateKeyPairSync('ed25519').privateKey);
    expect((await storage.ledger.verify('local', { verifier: honest })).problems).toEqual([]);
    expect((await storage.ledger.verify('local', { verifier: other })).problems.length).toBeGreaterThan(0);
  });
});
