import { newEventId, type ActivityEvent } from '@medserve/events';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

describe('ActivityStore', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  it('sends what was done to the outbox, and from there into the ledger, about no request', async () => {
    const event: ActivityEvent = {
      id: newEventId(),
      schema: 1,
      event: 'result_read',
      at: new Date().toISOString(),
      tenant: 'home',
      actor: 'key-1',
      actorKind: 'key',
      subject: `result:${newEventId()}`,
      outcome: 'success',
    };
    await storage.activities.record(event);
    const [message] = await storage.outbox.unsent(10);
    expect(message).toMatchObject({ id: event.id, key: event.tenant });
    expect(JSON.parse(message?.bytes.toString() ?? '')).toEqual(event);
    expect(await storage.ledger.append(message === undefined ? [] : [message])).toMatchObject({
      count: 1,
      refused: [],
    });
  });
});
