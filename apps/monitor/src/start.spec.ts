import { setTimeout as delay } from 'node:timers/promises';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage } from '@medserve/storage';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { startMonitor } from './start';

const LABELS = {
  model: 'organ',
  version: '1',
  task: 'classify',
  modality: 'radiology',
  site: 'north',
  outcome: 'completed',
  decision: 'answered',
};

describe('a monitor that runs', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database.close(), 30_000);

  it('shows what was kept as long as it has its place, and nothing when somebody else has it', async () => {
    const storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
    const { turn } = await storage.monitor.recall();
    await storage.monitor.count([], { turn }, () =>
      Promise.resolve({ totals: [{ name: 'results', labels: LABELS, value: 3 }], series: [] }),
    );
    const instruments = noopInstruments();
    const monitor = await startMonitor({ databaseUrl: database.url, logger: silentLogger, instruments });
    const isShown = async (values: readonly number[]): Promise<void> => {
      const shown = async () => (await instruments.monitor.results.get()).values.map(({ value }) => value);
      while (JSON.stringify(await shown()) !== JSON.stringify(values)) await delay(10);
    };
    await isShown([3]);
    await database.superuser(async (sql) => {
      const { rows } = await sql.query<{ pid: number; classid: number; objid: number }>(
        `SELECT pid, classid::int, objid::int FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE locktype = 'advisory' AND application_name = 'medserve-monitor-seat'`,
      );
      const [seat] = rows;
      if (rows.length !== 1 || seat === undefined) throw new Error('no seat');
      // In the queue behind it, and so the next.
      const next = sql.query('SELECT pg_advisory_lock($1, $2)', [seat.classid, seat.objid]);
      await database.superuser(async (other) => {
        const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
        while ((await other.query(waiting)).rows.length === 0);
        await other.query('SELECT pg_terminate_backend($1)', [seat.pid]);
      });
      await next;
      await isShown([]);
      await sql.query('SELECT pg_advisory_unlock_all()');
    });
    await isShown([3]);
    await monitor.close();
    await storage.close();
  }, 60_000);
});
