import { silentLogger } from '@medserve/runtime';
import type { Quota } from '@medserve/serving';
import { catalogueEntry } from '@medserve/testkit';
import type { GatewayParts } from '../door/gateway.module';
import { FakeQuotaStore } from '../testing/fake-quota-store';
import { classifies, ImageWorld, PRINCIPAL } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import { Doorkeeper } from './doorkeeper';
import { OutboxWatch } from './outbox-watch';
import { Quotas } from './quotas';
import type { HttpServer } from '../door/http-server';
import { openHttpDoor } from '../testing/open-http-door';

const quota = (kind: Quota['kind'], limit: number, more: Partial<Quota> = {}): Quota => ({
  tenant: 't',
  client: '',
  kind,
  limit,
  windowS: kind === 'concurrency' ? 0 : 60,
  exemptsStat: false,
  ...more,
});

describe('the HTTP door', () => {
  let server: HttpServer;
  let world: ImageWorld;
  let depth: { events: number; bytes: number };
  let outbox: OutboxWatch;
  let refused: string[];

  const open = async (...quotas: Quota[]): Promise<void> => {
    world = new ImageWorld();
    world.offer(catalogueEntry('net', { serves: classifies(true), state: 'ready' }));
    refused = [];
    depth = { events: 0, bytes: 0 };
    const { instruments, preparation, road, jobs, results, catalogue } = world;
    outbox = new OutboxWatch({
      reader: { outboxDepth: () => Promise.resolve(depth) },
      ceiling: { events: 10, bytes: 10 },
      instruments,
      logger: silentLogger,
    });
    const store = new FakeQuotaStore(quotas);
    const health = { answered: () => undefined, failed: () => undefined };
    const doorkeeper = new Doorkeeper({
      quotas: new Quotas({ store, health, owner: '1', clientConcurrency: 256, now: () => 30_000 }),
      outbox,
      meter: { refused: ({ id }) => void refused.push(id) },
      instruments,
    });
    const parts: Partial<GatewayParts> = {
      preparation,
      road,
      jobs,
      catalogue,
      oversight: quietOversight(results).oversight,
      readiness: { missing: () => Promise.resolve([]), record: 'on', outbox: () => outbox.state },
      quotas: { of: (tenants) => store.of(tenants), clientConcurrency: 256 },
    };
    server = await openHttpDoor({ doorkeeper, parts, instruments });
  };
  afterEach(() => server.close());

  const infer = (path = '/v1/jobs?task=classify') =>
    fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'image/png' }, body: new Uint8Array(8) });
  const problemOf = async (response: Response) => (await response.json()) as Record<string, unknown>;

  it('tells a bound caller how the quotas stand, and who exceeds one which, and when to come back', async () => {
    await open(quota('requests', 2), quota('cost', 100, { client: '*' }));
    const first = await infer();
    await infer();
    expect(first.headers.get('ratelimit-policy')).toBe(
      '"tenant-requests";q=2;w=60, "client-cost";q=100;qu="cost-units";w=60',
    );
    expect(first.headers.get('ratelimit')).toMatch(/^"tenant-requests";r=[01];t=30, "client-cost";r=\d+;t=30$/);
    const third = await infer();
    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).toBe('30');
    expect(third.headers.get('x-should-retry')).toBe('true');
    expect(third.headers.get('ratelimit')).toContain('"tenant-requests";r=0;t=30');
    expect(await problemOf(third)).toMatchObject({
      code: 'quota_exceeded',
      limit: 'tenant-requests: 2 requests in 60 s',
    });
    expect(refused).toEqual([PRINCIPAL.id]);
  });

  it('spells the refusal as the protocol of the path does', async () => {
    await open(quota('requests', 0));
    const answer = await infer('/v2/models/net/infer');
    expect(answer.status).toBe(429);
    expect(await problemOf(answer)).toEqual({ error: expect.any(String) as string });
  });

  it('counts what asks a model and nothing else', async () => {
    await open(quota('requests', 0));
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(200);
  });

  it.each([
    ['POST', '/v1/jobs/01a2208b-f518-7528-99e9-d1fdc12cb013/cancel'],
    ['DELETE', '/v1/files/file-01a2208b-f518-7528-99e9-d1fdc12cb013'],
    ['GET', '/v1/sessions/01a2208b-f518-7528-99e9-d1fdc12cb013'],
    ['DELETE', '/v1/sessions/01a2208b-f518-7528-99e9-d1fdc12cb013'],
    ['POST', '/v1/studies/1.2.3/cancel'],
    ['POST', '/v1/deliveries/requeue'],
    ['POST', '/dicom-web/studies'],
    ['POST', '/dicom-web/workitems/1.2.3/cancelrequest'],
  ])('lets %s %s pass where a quota is used up: it asks no model', async (method, path) => {
    await open(quota('requests', 0), quota('concurrency', 0));
    const answer = await fetch(server.url + path, { method });
    expect(answer.status).not.toBe(429);
    expect(answer.headers.has('ratelimit')).toBe(false);
  });

  it('says nothing of quotas to who has none', async () => {
    await open();
    expect((await infer()).headers.has('ratelimit')).toBe(false);
  });

  it('holds a slot until the answer has left, and a job its own until it has ended', async () => {
    await open(quota('concurrency', 1));
    expect((await infer()).status).toBe(202);
    const busy = await infer();
    expect(busy.status).toBe(429);
    expect(await problemOf(busy)).toMatchObject({ limit: 'tenant-concurrency: 1 requests at once' });
    world.dispatches[0]?.answer();
    await world.road.drain();
    expect((await infer()).status).toBe(202);
  });

  it('lists the quotas of the tenant of who asks', async () => {
    await open(
      quota('requests', 5),
      quota('concurrency', 3, { client: '*' }),
      quota('requests', 9, { tenant: 'other' }),
    );
    expect(await problemOf(await fetch(`${server.url}/v1/quotas`))).toEqual({
      object: 'list',
      data: [
        { appliesTo: 'tenant', kind: 'requests', limit: 5, windowSeconds: 60, exemptsStat: false },
        { appliesTo: 'each-client', kind: 'concurrency', limit: 3, exemptsStat: false },
      ],
      defaults: { clientConcurrency: 256 },
    });
  });

  it('refuses everybody while the outbox is full, says so when asked whether it is ready, and lets in again after', async () => {
    await open();
    depth.events = 10;
    await outbox.look();
    const answer = await infer();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await problemOf(answer)).toMatchObject({ code: 'unavailable', limit: 'outbox: 10 events or 10 bytes' });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    depth.events = 8;
    await outbox.look();
    expect(await problemOf(await fetch(`${server.url}/readyz`))).toEqual({
      status: 'ok',
      record: 'on',
      outbox: 'near',
    });
    const again = infer();
    expect((await again).status).toBe(202);
  });
});
