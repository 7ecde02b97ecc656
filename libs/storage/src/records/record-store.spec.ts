import { createHash } from 'node:crypto';
import { newEventId } from '@medserve/events';
import { acceptance, completion, recordEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { ZodError } from 'zod';
import { openStorage, type Storage } from '../open-storage';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

describe('RecordStore', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 25, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const eventsOf = (request: string) =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ payload: Buffer }>(
        'SELECT payload FROM outbox WHERE request = $1 ORDER BY position',
        [request],
      );
      return rows.map(({ payload }) => (JSON.parse(payload.toString()) as { event: string }).event);
    });

  it('commits the request and its event together, then the result and its event together', async () => {
    const request = acceptance();
    expect(await storage.records.accept(request)).toEqual({ kind: 'accepted' });
    expect(await eventsOf(request.id)).toEqual(['accepted']);
    expect(await storage.records.result('local', request.id)).toBeUndefined();
    const ending = completion(request.id, '{"answer":1}');
    expect(await storage.records.finish(ending)).toEqual({ kind: 'recorded' });
    expect(await eventsOf(request.id)).toEqual(['accepted', 'completed']);
    expect(await storage.records.result('local', request.id)).toEqual(ending.result);
    expect(await storage.records.request('local', request.id)).toMatchObject({ status: 'completed' });
    expect(await storage.records.find('local', request.id)).toEqual({ status: 'completed', result: ending.result });
    expect(await storage.records.find('other', request.id)).toBeUndefined();
  });

  it('tells a gateway how a request ended by its record, on its way and in the log, and nobody of another tenant', async () => {
    const gateway = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec', role: 'gateway' });
    const request = acceptance();
    await gateway.records.accept(request);
    expect(await gateway.records.endOnRecord('local', request.id)).toBeUndefined();
    const ending = completion(request.id, '{"answer":1}');
    await gateway.records.finish(ending);
    const told = { event: 'completed', outputSha256: ending.event.outputSha256 };
    expect(await gateway.records.endOnRecord('local', request.id)).toMatchObject(told);
    await storage.ledger.append(await storage.outbox.unsent(1000));
    expect(await eventsOf(request.id)).toEqual([]);
    expect(await gateway.records.endOnRecord('local', request.id)).toMatchObject(told);
    expect(await gateway.records.endOnRecord('other', request.id)).toBeUndefined();
    await gateway.close();
  });

  it('writes the trace of a request beside its events, alone and together with others, and none of one without', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const tracesOf = (request: string) =>
      database.superuser(async (sql) => {
        const text = 'SELECT traceparent FROM outbox WHERE request = $1 ORDER BY position';
        const { rows } = await sql.query<{ traceparent: string | null }>(text, [request]);
        return rows.map((row) => row.traceparent);
      });
    const [alone, ...others] = Array.from({ length: 6 }, () => acceptance());
    if (!alone) throw new Error('none');
    await storage.records.accept({ ...alone, traceparent });
    await storage.records.finish({ ...completion(alone.id), traceparent });
    expect(await tracesOf(alone.id)).toEqual([traceparent, traceparent]);
    const traceOf = (at: number) => (at % 2 === 0 ? traceparent : undefined);
    await Promise.all(others.map((one, at) => storage.records.accept({ ...one, traceparent: traceOf(at) })));
    await Promise.all(
      others.map((one, at) => storage.records.finish({ ...completion(one.id), traceparent: traceOf(at) })),
    );
    const written = await Promise.all(others.map(({ id }) => tracesOf(id)));
    expect(written).toEqual(others.map((_, at) => [traceOf(at) ?? null, traceOf(at) ?? null]));
  });

  it('accepts one of twenty requests with the same idempotency key at once; the others are told its id', async () => {
    const idempotencyKeyHash = sha256('key of twenty');
    const requests = Array.from({ length: 20 }, () => acceptance({ idempotencyKeyHash }));
    const outcomes = await Promise.all(requests.map((request) => storage.records.accept(request)));
    const winners = requests.filter((_, at) => outcomes[at]?.kind === 'accepted');
    expect(winners).toHaveLength(1);
    const id = winners[0]?.id ?? '';
    const others = outcomes.filter(({ kind }) => kind !== 'accepted');
    expect(others).toEqual(Array.from({ length: 19 }, () => ({ kind: 'replay', id, status: 'accepted' })));
    const written = await Promise.all(requests.map((request) => eventsOf(request.id)));
    expect(written.flat()).toEqual(['accepted']);
  });

  it('replays the very bytes of the answer once there is one', async () => {
    const idempotencyKeyHash = sha256('key of a replay');
    const request = acceptance({ idempotencyKeyHash });
    await storage.records.accept(request);
    const ending = completion(request.id, '{"é":"ü"}');
    await storage.records.finish(ending);
    expect(await storage.records.accept(acceptance({ idempotencyKeyHash }))).toEqual({
      kind: 'replay',
      id: request.id,
      status: 'completed',
      result: ending.result,
    });
  });

  it('frees the key of a request that ended without an answer, so that a retry is worked on', async () => {
    const idempotencyKeyHash = sha256('key of a failure');
    const first = acceptance({ idempotencyKeyHash });
    await storage.records.accept(first);
    const event = recordEvent({ request: first.id, event: 'failed', reason: 'unavailable' });
    await storage.records.finish({ ...completion(first.id), status: 'failed', event });
    expect(await storage.records.accept(acceptance({ idempotencyKeyHash }))).toEqual({ kind: 'accepted' });
    expect(await storage.records.request(first.tenant, first.id)).toMatchObject({ status: 'failed' });
  });

  it('tells a key that is used with other bytes, and keeps tenants apart', async () => {
    const idempotencyKeyHash = sha256('key of two');
    await storage.records.accept(acceptance({ idempotencyKeyHash }));
    const other = acceptance({ idempotencyKeyHash, fingerprint: sha256('other bytes') });
    expect(await storage.records.accept(other)).toEqual({ kind: 'reused' });
    expect(await storage.records.accept({ ...other, tenant: 'elsewhere' })).toEqual({ kind: 'accepted' });
    expect(await storage.records.request('local', other.id)).toBeUndefined();
    expect(await storage.records.result('local', other.id)).toBeUndefined();
  });

  it('ends a request once, whoever ends it first', async () => {
    const request = acceptance();
    await storage.records.accept(request);
    const endings = [
      completion(request.id),
      {
        ...completion(request.id),
        status: 'failed' as const,
        event: recordEvent({ request: request.id, event: 'failed' }),
      },
      {
        ...completion(request.id),
        status: 'cancelled' as const,
        event: recordEvent({ request: request.id, event: 'cancelled' }),
      },
    ];
    const outcomes = await Promise.all(endings.map((ending) => storage.records.finish(ending)));
    const winner = endings.find((_, at) => outcomes[at]?.kind === 'recorded');
    expect(outcomes.filter(({ kind }) => kind === 'superseded')).toEqual([
      { kind: 'superseded', status: winner?.status },
      { kind: 'superseded', status: winner?.status },
    ]);
    expect(await eventsOf(request.id)).toEqual(['accepted', winner?.event.event]);
  });

  it('takes the same ending twice, as after a connection that broke in the commit, and records it once', async () => {
    const request = acceptance();
    await storage.records.accept(request);
    const ending = completion(request.id);
    expect(await storage.records.finish(ending)).toEqual({ kind: 'recorded' });
    expect(await storage.records.finish(ending)).toEqual({ kind: 'recorded' });
    expect(await eventsOf(request.id)).toEqual(['accepted', 'completed']);
  });

  it('refuses to end what was never accepted', async () => {
    await expect(storage.records.finish(completion(newEventId()))).rejects.toMatchObject({ reason: 'internal' });
  });

  it('tells an event that is none as a mistake, not as a database that is away', async () => {
    const request = acceptance();
    const wrong = recordEvent({ request: request.id, task: 'Jane Doe' });
    await expect(storage.records.accept({ ...request, event: wrong })).rejects.toBeInstanceOf(ZodError);
    await expect(storage.records.finish({ ...completion(request.id), event: wrong })).rejects.toBeInstanceOf(ZodError);
  });

  it('refuses as unavailable when the database is gone', async () => {
    const lost = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec' });
    await lost.close();
    await expect(lost.records.accept(acceptance())).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
