import { acceptance, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { newEventId } from '@medserve/events';
import type { StorageRole } from '../database/roles';
import { WritingConnection } from '../database/writing-connection';
import { openStorage } from '../open-storage';

const REFUSED = 'row-level security policy';
const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** What no code of ours says: past it, with the rights that a service has. */
describe('rows of the record', () => {
  let database: TestDatabase;
  let request: string;

  beforeAll(async () => {
    database = await startTestDatabase();
    const storage = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec', role: 'gateway' });
    const accepted = acceptance();
    request = accepted.id;
    await storage.records.accept(accepted);
    await storage.close();
  }, 60_000);
  afterAll(() => database.close(), 30_000);

  async function as(role: StorageRole, text: string, values: unknown[] = []): Promise<unknown[]> {
    const connection = new WritingConnection({ url: database.url, applicationName: 'spec', role });
    try {
      await connection.rows({ text: `SELECT set_config('medserve.tenant', '{local}', false)`, values: [] });
      return await connection.rows({ text, values });
    } finally {
      await connection.close();
    }
  }

  const insertRequest = (status: string, finalEvent: string | null): Promise<unknown> =>
    as(
      'gateway',
      `INSERT INTO request (id, tenant, actor, status, fingerprint, owner, lease_until, accepted_event, final_event)
       VALUES ($1, 'local', 'key-1', $2, 'x', 1, now(), $1, $3)`,
      [newEventId(), status, finalEvent],
    );
  const insertEvent = (traceparent: string | null): Promise<unknown> =>
    as('gateway', `INSERT INTO outbox (event, tenant, payload, traceparent) VALUES ($1, 'local', '{}', $2)`, [
      newEventId(),
      traceparent,
    ]);
  const end = (role: StorageRole, change: string): Promise<unknown[]> =>
    as(role, `UPDATE request SET ${change} WHERE id = $1 RETURNING id`, [request]);

  it('are of a request in one of its states, and ended where they name the event of its end', async () => {
    await insertRequest('accepted', null);
    await insertRequest('failed', newEventId());
    await expect(insertRequest('lost', newEventId())).rejects.toThrow(REFUSED);
    await expect(insertRequest('completed', null)).rejects.toThrow(REFUSED);
    await expect(insertRequest('accepted', newEventId())).rejects.toThrow(REFUSED);
  });

  it.each(['gateway', 'recorder'] as const)('stay so, whatever a %s does to them', async (role) => {
    await expect(end(role, `status = 'completed'`)).rejects.toThrow(REFUSED);
    await expect(end(role, `final_event = gen_random_uuid()`)).rejects.toThrow(REFUSED);
    await expect(end(role, `status = 'lost', final_event = gen_random_uuid()`)).rejects.toThrow(REFUSED);
    expect(await end(role, `status = 'accepted'`)).toHaveLength(1);
  });

  it('take nothing for a trace that is none, and nothing for a state of an event', async () => {
    await insertEvent(null);
    await insertEvent(TRACE);
    await expect(insertEvent('00-patient')).rejects.toThrow(REFUSED);
    await expect(insertEvent(`${TRACE} patient`)).rejects.toThrow(REFUSED);
    await as('recorder', `UPDATE outbox SET state = 'sent'`);
    await expect(as('recorder', `UPDATE outbox SET state = 'patient'`)).rejects.toThrow(REFUSED);
  });
});
