import { setTimeout as delay } from 'node:timers/promises';
import { FaultProxy, startTestDatabase, type TestDatabase } from '@medserve/testkit';
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
  async function holder(url = database.url): Promise<{ sessions: Session[]; connection: KeptConnection }> {
    const sessions: Session[] = [];
    let pid = 0;
    const connection = new KeptConnection({
      url,
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

  const holders = async (): Promise<number[]> => {
    const text = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1`;
    const { rows } = await database.superuser((sql) => sql.query<{ pid: number }>(text, [LOCK]));
    return rows.map(({ pid }) => pid);
  };

  const within = async (ms: number, isSo: () => boolean): Promise<boolean> => {
    const until = Date.now() + ms;
    while (!isSo() && Date.now() < until) await delay(10);
    return isSo();
  };

  describe('over a wire that goes dark', () => {
    let wire: FaultProxy;
    let url: string;

    beforeEach(async () => {
      const { host, hostname } = new URL(database.url);
      wire = await FaultProxy.start(host);
      url = database.url.replace(host, `${hostname}:${String(wire.port)}`);
    });

    afterEach(() => wire.close());

    it('gives up what it held before the server gives it to others, and holds it again when there is a way', async () => {
      const { sessions, connection } = await holder(url);
      wire.silence();
      expect(await within(SILENT_MS, () => sessions[0]?.lost.aborted === true)).toBe(true);
      expect(await holders()).toEqual([sessions[0]?.pid]);
      wire.heal();
      expect(await within(4 * SILENT_MS, () => sessions.length === 2)).toBe(true);
      expect(await holders()).toEqual([sessions[1]?.pid]);
      await connection.close();
    }, 30_000);

    it('does not wait on it for its turn', async () => {
      const first = await holder();
      let [looks, failures] = [0, 0];
      const waiting = new KeptConnection({
        url,
        applicationName: 'waiting',
        retryMs: 20,
        silentMs: SILENT_MS,
        prepare: async (client) => {
          looks += 1;
          const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCK]);
          return rows[0]?.held === true;
        },
        onFailure: () => (failures += 1),
      });
      expect(await within(SILENT_MS, () => looks > 1)).toBe(true);
      wire.silence();
      expect(await within(SILENT_MS, () => failures > 0)).toBe(true);
      await waiting.close();
      await first.connection.close();
    }, 30_000);

    it('closes in a moment', async () => {
      const { connection } = await holder(url);
      wire.silence();
      const begun = Date.now();
      await connection.close();
      expect(Date.now() - begun).toBeLessThan(SILENT_MS);
    }, 30_000);
  });

  it('leaves nothing held when it is closed', async () => {
    const { connection } = await holder();
    await connection.close();
    expect(await holders()).toEqual([]);
  });
});
