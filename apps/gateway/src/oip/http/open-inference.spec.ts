import { gzipSync } from 'node:zlib';
import { ServingError } from '@medserve/errors';
import type { ActivityEvent, RecordEvent } from '@medserve/events';
import { mergeMetrics, noopInstruments, silentLogger } from '@medserve/runtime';
import { SCOPES, SubjectReferences, type Authenticator, type Principal } from '@medserve/security';
import { catalogueEntry } from '@medserve/testkit';
import { ResultReader } from '../../records/result-reader';
import { quietOversight } from '../../testing/quiet-oversight';
import { LiveCatalogue } from '../../infer/live-catalogue';
import type { Dispatched, DispatchOrder, Records } from '../../infer/ports';
import { Road } from '../../infer/road';
import type { GatewayParts } from '../../door/gateway.module';
import { openApiDocument } from '../../openapi/document';
import { Inference } from '../inference';
import { Models } from '../models';
import { observedDispatcher } from '../observed-dispatcher';
import { InferenceStatistics } from '../statistics';
import { openHttpDoor } from '../../testing/open-http-door';

const described = (name: string) => ({ name, datatype: 'FP32', shape: [-1, 4] });
const twin = catalogueEntry('twin', { inputs: [described('x')], outputs: [described('y')], maxBatchSize: 8 });
const MODELS = [
  twin,
  { ...twin, version: '2' },
  { ...twin, name: 'with/slash ü' },
  catalogueEntry('away', { state: 'unloaded' }),
];
const LIMITS = { bodyBytes: 1_000_000, files: 10, bodiesInFlightBytes: 4_000_000 };

/** The input as output, as a host would answer. */
const echo = ({ model, input }: DispatchOrder): Dispatched => ({
  tensors: input.kind === 'tensor-bytes' ? input.tensors.map((tensor) => ({ ...tensor, name: 'y' })) : [],
  task: 'infer',
  model: { name: model?.name ?? '', version: model?.version ?? '2', digest: 'sha256:0' },
  engine: 'fake',
  timings: { queue: 0, preprocess: 0, run: 0, read: 0 },
  batch: { rows: 1, batchRows: 1, leads: true },
});

class World {
  readonly orders: DispatchOrder[] = [];
  readonly events: RecordEvent[] = [];
  readonly instruments = noopInstruments();
  told: readonly ActivityEvent[] = [];
  url = '';
  dispatch: (order: DispatchOrder, signal: AbortSignal) => Promise<Dispatched> = (order) =>
    Promise.resolve(echo(order));
  scopes: Principal['scopes'] = new Set(SCOPES);
  replayed: string | undefined;
  close: () => Promise<void> = () => Promise.resolve();

  async start(): Promise<void> {
    const { instruments } = this;
    const catalogue = new LiveCatalogue(new Date(0));
    catalogue.update(MODELS, { complete: true });
    const statistics = new InferenceStatistics({ catalogue, instruments, now: () => 0 });
    const dispatcher = observedDispatcher(
      {
        dispatch: (order, { signal }) => {
          this.orders.push(order);
          return this.dispatch(order, signal);
        },
      },
      statistics,
    );
    const records: Records = {
      accept: ({ event }) => {
        if (this.replayed !== undefined) return Promise.resolve({ kind: 'replay', id: this.replayed });
        this.events.push(event);
        return Promise.resolve({ kind: 'accepted' });
      },
      finish: ({ event }) => {
        this.events.push(event);
        return Promise.resolve({ kind: 'recorded' });
      },
      find: () =>
        Promise.resolve({ status: 'completed', result: { bytes: Buffer.from('{}'), contentType: 'application/json' } }),
    };
    const references = new SubjectReferences(Buffer.alloc(32));
    const now = (): Date => new Date(0);
    const road = new Road({ dispatcher, records, instruments, logger: silentLogger, now, references });
    const done = (): Promise<void> => Promise.resolve();
    const authenticator: Pick<Authenticator, 'authenticate'> = {
      authenticate: (header) =>
        header === 'Bearer key'
          ? Promise.resolve({ id: 'k', kind: 'key' as const, tenant: 't', scopes: this.scopes })
          : Promise.reject(new ServingError('unauthenticated', 'The request carries no valid key.')),
    };
    const models = new Models(catalogue, { load: done, unload: done, refresh: done });
    const oversight = quietOversight(new ResultReader(records), models);
    this.told = oversight.told;
    const parts: Partial<GatewayParts> = {
      road,
      catalogue,
      readiness: { missing: () => Promise.resolve([]), record: 'on', outbox: () => 'open' },
      inference: new Inference({ catalogue, road, instruments, references }),
      models,
      oversight: oversight.oversight,
      statistics,
    };
    const server = await openHttpDoor({ limits: LIMITS, parts, authenticator, instruments });
    this.url = server.url;
    this.close = () => server.close();
  }

  async call(
    path: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
  ) {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: 'Bearer key', 'accept-encoding': 'identity', ...headers },
      ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get('content-type') ?? '';
    const json = type.startsWith('application/json')
      ? (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>)
      : {};
    return { status: response.status, headers: response.headers, bytes, json };
  }

  infer(body: unknown = asked(), headers: Record<string, string> = {}, path = '/v2/models/twin/infer') {
    return this.call(path, { method: 'POST', body, headers });
  }

  async metric(name: string): Promise<string | undefined> {
    const page = await mergeMetrics([await this.instruments.collect()]);
    return page.split('\n').find((line) => line.startsWith(name));
  }
}

const asked = (more: object = {}) => ({
  inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4.5] }],
  ...more,
});
const refusal = (error: string | RegExp) => ({ error: expect.stringMatching(error) as string });

describe('the door of the Open Inference Protocol over HTTP', () => {
  const world = new World();
  const { call, infer } = { call: world.call.bind(world), infer: world.infer.bind(world) };
  beforeAll(() => world.start());
  afterAll(() => world.close());
  beforeEach(() => {
    world.orders.length = 0;
    world.events.length = 0;
    world.dispatch = (order) => Promise.resolve(echo(order));
    world.scopes = new Set(SCOPES);
    world.replayed = undefined;
  });

  it('answers JSON with JSON, on record, under the id of the record', async () => {
    const { status, headers, json } = await infer(asked({ id: 'visit-7 ü €' }));
    expect(status).toBe(200);
    expect(json).toEqual({
      model_name: 'twin',
      model_version: '2',
      id: 'visit-7 ü €',
      outputs: [{ name: 'y', datatype: 'FP32', shape: [1, 4], data: [1, 2, 3, 4.5] }],
    });
    expect(world.events.map(({ event, request }) => [event, request])).toEqual([
      ['accepted', headers.get('x-request-id')],
      ['completed', headers.get('x-request-id')],
    ]);
    expect(headers.get('server-timing')).toMatch(/dispatch;dur=/);
  });

  it('answers in binary what was asked for so, behind JSON of the length that it says', async () => {
    const { headers, bytes } = await infer(asked({ parameters: { binary_data_output: true } }));
    const length = Number(headers.get('inference-header-content-length'));
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(JSON.parse(bytes.subarray(0, length).toString())).toMatchObject({
      outputs: [{ name: 'y', parameters: { binary_data_size: 16 } }],
    });
    expect(bytes.subarray(length)).toEqual(Buffer.from(Float32Array.of(1, 2, 3, 4.5).buffer));
  });

  it('takes a body of nothing but bytes, compressed or not', async () => {
    const row = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
    const raw = { 'inference-header-content-length': '0' };
    expect((await infer(row, raw)).bytes.subarray(-16)).toEqual(row);
    const { bytes } = await infer(gzipSync(row), { ...raw, 'content-encoding': 'gzip' });
    expect(bytes.subarray(-16)).toEqual(row);
  });

  it('compresses for who takes it', async () => {
    const id = 'x'.repeat(2_000);
    const { headers, json } = await infer(asked({ id }), { 'accept-encoding': 'gzip' });
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(json).toMatchObject({ id });
  });

  it('sends on class, deadline and affinity, and only the outputs that are wanted', async () => {
    const parameters = { priority: 1, timeout: 2_000_000, sequence_id: 9 };
    await infer(asked({ parameters, outputs: [{ name: 'y' }] }), {}, '/v2/models/twin/versions/1/infer');
    expect(world.orders[0]).toMatchObject({
      model: { name: 'twin', version: '1' },
      class: 'stat',
      affinityKey: '9',
      outputs: ['y'],
    });
    expect(world.orders[0]?.deadlineMs).toBeLessThanOrEqual(2_000);
  });

  it('knows names by what they are, however the path spells them', async () => {
    const { json } = await call(`/v2/models/${encodeURIComponent('with/slash ü')}`);
    expect(json).toMatchObject({ name: 'with/slash ü', versions: ['1'] });
  });

  it.each<[string, number, RegExp, () => ReturnType<typeof call>]>([
    ['an unknown path', 404, /nothing under this path/, () => call('/v2/nothing/here')],
    ['an unknown model', 404, /"nope"/, () => infer(asked(), {}, '/v2/models/nope/infer')],
    [
      'an unknown model, whatever the body is',
      404,
      /"nope"/,
      () => infer(Buffer.from('{'), {}, '/v2/models/nope/infer'),
    ],
    ['an unknown version', 404, /"twin:77"/, () => infer(asked(), {}, '/v2/models/twin/versions/77/infer')],
    ['a version that is no number', 400, /version/, () => infer(asked(), {}, '/v2/models/twin/versions/new/infer')],
    ['an unloaded model', 503, /"away" was unloaded/, () => infer(asked(), {}, '/v2/models/away/infer')],
    ['a path that cannot be decoded', 400, /path/, () => call('/v2/%')],
    ['no JSON', 400, /not valid JSON/, () => infer(Buffer.from('{'))],
    ['a wrong shape', 400, /\[-1, 4\]/, () => infer({ inputs: [{ ...asked().inputs[0], shape: [4] }] })],
    [
      'too many rows',
      400,
      /rows: 1 to 8/,
      () => infer({ inputs: [{ ...asked().inputs[0], shape: [9, 4], data: Array(36).fill(0) }] }),
    ],
    [
      'a header that is longer than the body',
      400,
      /length/,
      () => infer(asked(), { 'inference-header-content-length': '999999' }),
    ],
    ['a header that is no number', 400, /length/, () => infer(asked(), { 'inference-header-content-length': '-1' })],
    ['a coding that nobody knows', 415, /gzip or deflate/, () => infer(asked(), { 'content-encoding': 'lzma' })],
    ['a gzip that is none', 400, /Content-Encoding/, () => infer(asked(), { 'content-encoding': 'gzip' })],
    ['a body over the limit', 413, /1000000 bytes/, () => infer(Buffer.alloc(1_000_001))],
    [
      'a body over the limit once it is inflated',
      413,
      /1000000 bytes/,
      () => infer(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }),
    ],
    ['shared memory', 501, /not offered/, () => call('/v2/systemsharedmemory/status')],
    ['generated text', 501, /not offered/, () => call('/v2/models/twin/generate', { method: 'POST' })],
    ['a repository by name', 501, /no names/, () => call('/v2/repository/r/index', { method: 'POST' })],
    [
      'a path out of a model',
      400,
      /version/,
      () => call('/v2/repository/models/m/load', { method: 'POST', body: { parameters: { 'file:1/../x': '' } } }),
    ],
  ])('refuses %s with %i and the error object', async (_name, status, words, calling) => {
    const found = await calling();
    expect(found.status).toBe(status);
    expect(found.headers.get('content-type')).toBe('application/json');
    expect(found.json).toEqual(refusal(words));
    expect(world.events).toEqual([]);
  });

  it.each([
    ['GET', '/v2/models/twin/infer', 'POST'],
    ['POST', '/v2/models/twin', 'GET, HEAD'],
    ['DELETE', '/v2/repository/index', 'POST'],
  ])('refuses %s %s with 405 and what is allowed', async (method, path, allow) => {
    const found = await call(path, { method });
    expect(found).toMatchObject({ status: 405, json: refusal(allow) });
    expect(found.headers.get('allow')).toBe(allow);
  });

  it('refuses a wrong method of the native API in its own words', async () => {
    const { status, headers, bytes } = await call('/v1/models', { method: 'DELETE' });
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('GET, HEAD');
    expect(JSON.parse(bytes.toString())).toMatchObject({ code: 'method_not_allowed' });
  });

  it.each([
    ['GET', '/v2'],
    ['GET', '/v2/models/twin'],
    ['DELETE', '/v2/models/twin'],
    ['GET', '/v2/nothing'],
    ['POST', '/v2/models/twin/infer'],
    ['POST', '/v2/repository/models/twin/unload'],
  ])('tells nobody without a key anything: %s %s', async (method, path) => {
    const found = await call(path, { method, headers: { authorization: 'Bearer other' } });
    expect(found).toMatchObject({ status: 401, json: refusal('no valid key') });
    expect(found.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each([
    ['POST', '/v2/models/twin/infer', 'infer'],
    ['GET', '/v2/models/twin', 'model:read'],
    ['GET', '/v2', 'model:read'],
    ['GET', '/v2/models/stats', 'model:read'],
    ['POST', '/v2/repository/index', 'model:read'],
    ['POST', '/v2/repository/models/twin/load', 'model:manage'],
    ['POST', '/v2/repository/models/twin/unload', 'model:manage'],
  ] as const)('asks for a scope: %s %s', async (method, path, scope) => {
    world.scopes = new Set(SCOPES.filter((one) => one !== scope));
    expect(await call(path, { method })).toMatchObject({ status: 403, json: refusal(scope) });
  });

  it('is healthy without a key, in the words of every client', async () => {
    const anonymous = { headers: { authorization: '' } };
    expect(await call('/v2/health/live', anonymous)).toMatchObject({ status: 200, json: { live: true } });
    expect(await call('/v2/health/ready', anonymous)).toMatchObject({ status: 200, json: { live: true, ready: true } });
    expect(await call('/v2/models/twin/ready')).toMatchObject({ status: 200, json: { name: 'twin', ready: true } });
    expect((await call('/v2/models/away/ready')).status).toBe(503);
  });

  it('says when to come back where a queue is full, with the id of the record and no second count', async () => {
    world.dispatch = () =>
      Promise.reject(new ServingError('overloaded', 'All places are taken.', { retryAfterMs: 1_500 }));
    const { status, headers, json } = await infer();
    expect({ status, json }).toEqual({ status: 429, json: { error: 'All places are taken.' } });
    expect(headers.get('retry-after')).toMatch(/^[12]$/);
    expect(headers.get('x-should-retry')).toBe('true');
    expect(world.events.map(({ event, request }) => [event, request])).toContainEqual([
      'failed',
      headers.get('x-request-id'),
    ]);
    expect(await world.metric('medserve_refusals_total{reason="overloaded"}')).toBeUndefined();
  });

  it('ends the work of a caller who hangs up', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const ended = Promise.withResolvers<undefined>();
    world.dispatch = (_order, signal) => {
      begun.resolve(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new ServingError('cancelled', 'The caller went away.'));
          ended.resolve(undefined);
        });
      });
    };
    const leaving = new AbortController();
    const options = { method: 'POST', body: JSON.stringify(asked()), headers: { authorization: 'Bearer key' } };
    const calling = fetch(`${world.url}/v2/models/twin/infer`, { ...options, signal: leaving.signal });
    await begun.promise;
    leaving.abort();
    await expect(calling).rejects.toThrow();
    await ended.promise;
    await new Promise(setImmediate);
    expect(world.events.map(({ event }) => event)).toEqual(['accepted', 'cancelled']);
  });

  it('does not run again what an idempotency key stands for', async () => {
    world.replayed = '01890000-0000-7000-8000-000000000000';
    const { status, headers, json } = await infer(asked(), { 'idempotency-key': 'once' });
    expect({ status, json }).toEqual({ status: 422, json: refusal(/GET \/v1\/results/) });
    expect(headers.get('x-request-id')).toBe(world.replayed);
    expect(world.orders).toEqual([]);
  });

  it('tells who may manage models how the router chose, and nobody else', async () => {
    world.dispatch = (order) => Promise.resolve({ ...echo(order), ...(order.wantsDecision ? { decision: '[]' } : {}) });
    expect((await infer(asked(), { 'x-medserve-explain': '1' })).headers.get('x-medserve-decision')).toBe('[]');
    expect((await infer()).headers.get('x-medserve-decision')).toBeNull();
    world.scopes = new Set(['infer']);
    expect((await infer(asked(), { 'x-medserve-explain': '1' })).status).toBe(403);
  });

  it('lists, loads and unloads models in the words of both families of clients', async () => {
    const { bytes } = await call('/v2/repository/index', { method: 'POST' });
    expect(JSON.parse(bytes.toString())).toContainEqual({
      name: 'away',
      version: '1',
      state: 'UNAVAILABLE',
      reason: 'unloaded',
    });
    expect((await call('/v2/models')).json).toEqual({ models: ['twin', 'with/slash ü'] });
    const load = await call('/v2/repository/models/twin/load', { method: 'POST' });
    expect(load).toMatchObject({ status: 200, json: { name: 'twin', load: true } });
  });

  it('tells of a model that is out of service why it has no statistics', async () => {
    expect(await call('/v2/models/away/stats')).toMatchObject({ status: 503, json: refusal('unloaded') });
  });

  it('tells statistics in the words of the extension', async () => {
    await infer();
    const { json } = await call('/v2/models/twin/versions/2/stats');
    expect(json).toMatchObject({
      model_stats: [
        {
          name: 'twin',
          version: '2',
          inference_stats: { success: { count: expect.any(Number) as number }, queue: {}, compute_infer: {} },
          batch_stats: [{ batch_size: 1, compute_infer: {} }],
        },
      ],
    });
  });

  it('is described by the OpenAPI document', () => {
    const paths = Object.keys(openApiDocument.paths).filter((path) => path.startsWith('/v2'));
    expect(paths).toEqual(
      expect.arrayContaining([
        '/v2',
        '/v2/models/{name}/infer',
        '/v2/models/{name}/versions/{version}/infer',
        '/v2/repository/index',
      ]),
    );
  });
});
