import { setTimeout as delay } from 'node:timers/promises';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { KeptConnection } from './kept-connection';

const SILENT_MS = 2_000;
const LOCK = 4_711;

describe('KeptConnection', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);

  afterAll(async () => {
    await database.close();
  }, 30_000);

  interface Session {
    readonly pid: number;
    readonly lost: AbortSignal;
  }

  /** Holds the lock; each session that it has held it by. */
  async function holder(): Promise<{ sessions: Session[]; connection: KeptConnection }> {
    const sessions: Session[] = [];
    let pid = 0;
    const connection = new KeptConnection({
      url: database.url,
      applicationName: 'kept',
      retryMs: 20,
      silentMs: SILENT_MS,
      prepare: async (client) => {
        const text = 'SELECT pg_try_advisory_lock($1) AS held, pg_backend_pid() AS pid';
        const { rows } = await client.query<{ held: boolean; pid: number }>(text, [LOCK]);
        pid = rows[0]?.pid ?? 0;
        return rows[0]?.held === true;
      },
      onConnected: (_client, lost) => sessions.push({ pid, lost }),
    });
    await connection.ready();
    return { sessions, connection };
  }

  it('keeps a session that has nothing to say, as it says that it lives', async () => {
    const { sessions, connection } = await holder();
    await delay(2 * SILENT_MS);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.lost.aborted).toBe(false);
    await connection.close();
  });

  it('loses one whose process stands still, and makes it anew when it goes on', async () => {
    const { sessions, connection } = await holder();
    // Nothing of this process runs meanwhile, as under SIGSTOP.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * SILENT_MS);
    while (sessions.length < 2) await delay(10);
    expect(sessions[0]?.lost.aborted).toBe(true);
    expect(sessions[1]?.pid).not.toBe(sessions[0]?.pid);
    expect(sessions[1]?.lost.aborted).toBe(false);
    await connection.close();
  });

  it('leaves nothing held when it is closed', async () => {
    const { connection } = await holder();
    await connection.close();
    const left = await database.superuser((sql) =>
      sql.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1`, [LOCK]),
    );
    expect(left.rows).toEqual([]);
  });
});
