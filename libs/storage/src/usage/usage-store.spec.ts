import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import type { UsageRow } from './usage-store';

const HOUR_MS = Date.UTC(2026, 10, 25, 9);
const ROW: UsageRow = {
  tenant: 'home',
  hourMs: HOUR_MS,
  model: 'net:1',
  site: 'north',
  department: 'er',
  class: 'routine',
  completed: 3,
  failed: 1,
  cancelled: 0,
  refused: 2,
  cpuSeconds: 1.5,
  queueSeconds: 0.25,
  inputBytes: 5_000_000_000,
  costUnits: 12,
};
const DAY = { from: new Date(Date.UTC(2026, 10, 25)), to: new Date(Date.UTC(2026, 10, 26)), limit: 100 };

describe('UsageStore', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);

  afterAll(async () => {
    await server.stop();
  }, 30_000);

  beforeEach(async () => {
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
  }, 60_000);

  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  it('keeps the last sums of each gateway, and adds the gateways up', async () => {
    await storage.usage.write('1', [{ ...ROW, completed: 1 }]);
    await storage.usage.write('1', [ROW]);
    await storage.usage.write('1', [ROW]);
    await storage.usage.write('2', [ROW, { ...ROW, hourMs: HOUR_MS + 3_600_000, model: 'other:2' }]);
    const read = (by: Parameters<Storage['usage']['read']>[0]['by']) =>
      storage.usage.read({ tenant: 'home', by, ...DAY });
    expect(await read([])).toMatchObject([{ completed: 9, failed: 3, inputBytes: 15_000_000_000, cpuSeconds: 4.5 }]);
    expect(await read(['model'])).toMatchObject([
      { model: 'net:1', completed: 6, refused: 4 },
      { model: 'other:2', completed: 3, costUnits: 12 },
    ]);
    expect(await read(['hour', 'department'])).toMatchObject([
      { hour: '2026-11-25T09:00:00Z', department: 'er' },
      { hour: '2026-11-25T10:00:00Z', department: 'er' },
    ]);
    expect(await read(['day', 'site', 'class'])).toMatchObject([
      { day: '2026-11-25', site: 'north', class: 'routine' },
    ]);
  });

  it('tells a tenant its own only, of the time asked for', async () => {
    await storage.usage.write('1', [ROW, { ...ROW, tenant: 'other' }]);
    expect(await storage.usage.read({ tenant: 'other', by: [], ...DAY })).toMatchObject([{ completed: 3 }]);
    expect(await storage.usage.read({ tenant: 'nobody', by: [], ...DAY })).toEqual([]);
    expect(await storage.usage.read({ tenant: 'home', by: ['model'], ...DAY, to: new Date(HOUR_MS) })).toEqual([]);
  });
});
