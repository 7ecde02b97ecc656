import { generateKeyPairSync } from 'node:crypto';
import { encodeEvent, newEventId, type Activity, type ActivityEvent } from '@medserve/events';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const { privateKey: key } = generateKeyPairSync('ed25519');

const activity = (event: Activity, id = newEventId()): ActivityEvent => ({
  id,
  schema: 1,
  event,
  at: new Date().toISOString(),
  tenant: 'clinic',
  actor: 'recorder',
  actorKind: 'service',
  subject: 'month:2016-01',
  outcome: 'success',
});

describe('what waits in the outbox', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'recorder' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const tell = (event: ActivityEvent, role: string): Promise<unknown> =>
    database.superuser(async (sql) => {
      await sql.query(`SET ROLE ${role}`);
      await sql.query('SELECT medserve_tell($1, $2, $3)', [event.id, event.tenant, encodeEvent(event)]);
    });

  it.each<Activity>(['retention_sealed', 'retention_deleted', 'signing_key_changed', 'event_parked', 'clock_jumped'])(
    'is put aside where a gateway says %s: verification believes that only of the recorder',
    async (name) => {
      const forged = activity(name);
      await tell(forged, 'medserve_gateway');
      expect(await storage.ledger.append(await storage.outbox.unsent(10))).toMatchObject({ parked: [forged.id] });
      const honest = activity(name);
      await tell(honest, 'medserve_recorder');
      expect(await storage.ledger.append(await storage.outbox.unsent(10))).toMatchObject({ count: 1, parked: [] });
    },
  );

  it('does not let a gateway say who tells', async () => {
    const { id, tenant, ...rest } = activity('retention_sealed');
    const values = [id, tenant, encodeEvent({ id, tenant, ...rest })];
    await database.superuser(async (sql) => {
      await sql.query('SET ROLE medserve_gateway');
      await sql.query(`SELECT set_config('medserve.tenant', '{clinic}', false)`);
      const text = `INSERT INTO outbox (event, tenant, payload, teller) VALUES ($1, $2, $3, 'medserve_recorder')`;
      await expect(sql.query(text, values)).rejects.toThrow('permission denied');
    });
  });

  it('is put aside where its id is of no month that a log can have, and holds nobody up', async () => {
    const far = activity('result_read', 'ffffffff-ffff-7000-8000-000000000000');
    const [before, after] = [activity('result_read'), activity('result_read')];
    for (const event of [before, far, after]) await tell(event, 'medserve_gateway');
    const events = await storage.outbox.unsent(10);
    expect(await storage.ledger.append(events)).toEqual({ count: 3, refused: [], parked: [far.id], held: [] });
    expect(await storage.outbox.waiting()).toBe(0);
    expect(await storage.ledger.append(events)).toEqual({ count: 0, refused: [], parked: [], held: [] });
    const verifier = await storage.ledger.verifierKey('clinic', key);
    expect((await storage.ledger.verify('clinic', { verifier })).problems).not.toContainEqual(
      expect.objectContaining({ kind: 'entry' }),
    );
  });
});
