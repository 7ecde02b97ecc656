import { ServingError } from '@medserve/errors';
import { InProcessBus, newEventId, relayOnce, type RecordEvent } from '@medserve/events';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { OutboxWatch } from './outbox-watch';

const CEILING = { events: 40, bytes: 2 ** 30 };

describe('the ceiling of the outbox on PostgreSQL', () => {
  let database: TestDatabase;
  let storage: Storage;
  let recorder: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'gateway', role: 'gateway' });
    recorder = await openStorage({ url: database.url, poolSize: 4, applicationName: 'recorder', role: 'recorder' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await recorder.close();
    await database.close();
  }, 30_000);

  const event = (request: string, what: RecordEvent['event']): RecordEvent => ({
    id: newEventId(),
    schema: 1,
    request,
    event: what,
    at: new Date().toISOString(),
    tenant: 'home',
    actor: 'key',
  });

  const accept = async (owner: string): Promise<string> => {
    const id = newEventId();
    const fingerprint = Buffer.alloc(32);
    await storage.records.accept({
      id,
      tenant: 'home',
      actor: 'key',
      owner,
      fingerprint,
      leaseMs: 60_000,
      event: event(id, 'accepted'),
    });
    return id;
  };

  it('stops what is new while the recorder is away, lets what was accepted end, and opens with each event told once', async () => {
    const ownership = await storage.holdOwnership();
    const watch = new OutboxWatch({
      reader: storage,
      ceiling: CEILING,
      instruments: noopInstruments(),
      logger: silentLogger,
    });
    const accepted: string[] = [];
    for (;;) {
      await watch.look();
      try {
        watch.check();
      } catch (error) {
        expect(error).toBeInstanceOf(ServingError);
        break;
      }
      accepted.push(await accept(ownership.owner));
    }
    expect(accepted).toHaveLength(CEILING.events);
    for (const id of accepted) {
      const result = { bytes: Buffer.from('{}'), contentType: 'application/json' };
      const outcome = await storage.records.finish({
        id,
        tenant: 'home',
        status: 'failed',
        event: event(id, 'failed'),
        result,
      });
      expect(outcome.kind).toBe('recorded');
    }
    await watch.look();
    expect(watch.state).toBe('full');

    const bus = new InProcessBus();
    await bus.subscribe(async (messages) => {
      await recorder.ledger.append(messages);
    });
    while ((await relayOnce(recorder.outbox, bus, 7)) > 0);
    await bus.close();
    await watch.look();
    expect(watch.state).toBe('open');
    await ownership.release();

    const { rows } = await database.superuser((sql) =>
      sql.query<{ request: string; count: string }>(
        'SELECT request, count(DISTINCT event) AS count FROM ledger_entry GROUP BY request',
      ),
    );
    expect(rows.map(({ request }) => request).sort()).toEqual([...accepted].sort());
    expect(new Set(rows.map(({ count }) => Number(count)))).toEqual(new Set([2]));
  });
});
