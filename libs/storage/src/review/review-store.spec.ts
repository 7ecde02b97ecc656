import { newEventId, type ActivityEvent } from '@medserve/events';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

describe('ReviewStore', () => {
  let database: TestDatabase;
  let storage: Storage;
  const request = newEventId();

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const add = async (
    verdict: 'attested' | 'overridden',
    reason: string | null,
    tenant = 'north',
  ): Promise<ActivityEvent> => {
    const event: ActivityEvent = {
      id: newEventId(),
      schema: 1,
      event: verdict === 'attested' ? 'result_attested' : 'result_overridden',
      at: new Date().toISOString(),
      tenant,
      actor: 'reader',
      subject: `result:${request}`,
      outcome: 'success',
    };
    const review = { id: newEventId(), tenant, request, verdict, reason, actor: 'reader', role: 'radiologist' };
    await storage.reviews.add(review, event);
    return event;
  };
  const outbox = (): Promise<string[]> =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ event: string }>('SELECT event FROM outbox');
      return rows.map(({ event }) => event);
    });

  it('keeps every verdict, the latest first, each with its event', async () => {
    const events = [await add('attested', null), await add('overridden', 'missed_finding')];
    expect(await storage.reviews.list('north', request)).toMatchObject([
      { verdict: 'overridden', reason: 'missed_finding', actor: 'reader', role: 'radiologist' },
      { verdict: 'attested', reason: null },
    ]);
    expect(await outbox()).toEqual(events.map(({ id }) => id));
  });

  it('takes no override without a reason, nor the event of one', async () => {
    const before = await outbox();
    await expect(add('overridden', null)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(await outbox()).toEqual(before);
  });

  it('shows a tenant only its own', async () => {
    expect(await storage.reviews.list('south', request)).toEqual([]);
  });
});
