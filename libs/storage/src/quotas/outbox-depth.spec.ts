import { randomUUID } from 'node:crypto';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const FAR = { events: 1_000_000, bytes: 2 ** 31 };
const NEAR = { events: 10, bytes: 2 ** 31 };

describe('the depth of the outbox', () => {
  let database: TestDatabase;
  let storage: Storage;
  const ids: string[] = [];

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const write = async (count: number): Promise<void> => {
    const fresh = Array.from({ length: count }, () => randomUUID());
    ids.push(...fresh);
    await database.superuser((sql) =>
      sql.query(
        `INSERT INTO outbox (event, tenant, payload) SELECT id, 'home', repeat('x', 100)::bytea FROM unnest($1::uuid[]) AS id`,
        [fresh],
      ),
    );
  };

  it('is nothing where nothing waits', async () => {
    expect((await storage.outboxDepth(FAR)).events).toBe(0);
  });

  it('is never too small while it is far from the ceiling, and exact when it comes near', async () => {
    await write(100);
    // All but the first and the last are in the ledger: what is between them is not counted until it matters.
    const [first, last] = [ids[0], ids.at(-1)];
    await database.superuser((sql) => sql.query('DELETE FROM outbox WHERE NOT event = ANY ($1)', [[first, last]]));
    expect((await storage.outboxDepth(FAR)).events).toBe(100);
    expect((await storage.outboxDepth(NEAR)).events).toBe(2);
    expect((await storage.outboxDepth(FAR)).bytes).toBeGreaterThan(200);
    expect((await storage.outboxDepth({ ...FAR, bytes: 1_000 })).bytes).toBe(200);
  });

  it('can be read by a gateway, who cannot read whose the events are or what they say', async () => {
    const asGateway = (text: string) =>
      database.superuser(async (sql) => {
        await sql.query('SET ROLE medserve_gateway');
        return sql.query<{ events: string }>(text);
      });
    const { rows } = await asGateway('SELECT events FROM outbox_depth(10, 1000)');
    expect(Number(rows[0]?.events)).toBe(2);
    await expect(asGateway('SELECT payload FROM outbox')).rejects.toThrow(/permission denied/);
  });
});
