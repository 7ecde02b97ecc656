import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import { SettingsError } from '../../settings/load-settings';
import { createInstruments } from '../instruments';
import { startTracing } from './start-tracing';

const CANARY = 'Okonkwo-4711';

interface Asked {
  readonly path: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

interface SentSpan {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

describe('traces that go to a collector', () => {
  let server: Server;
  let url: string;
  let asked: Asked[];
  let answer: { readonly status: number; readonly body: string | Buffer };

  beforeEach(async () => {
    asked = [];
    answer = { status: 200, body: '' };
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks) });
        response.writeHead(answer.status).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = async (environment: NodeJS.ProcessEnv) => {
    const instruments = createInstruments({ processMetrics: false });
    const tracing = await startTracing('gateway', environment, instruments);
    const counted = async (name: string): Promise<number> => {
      const all = await instruments.collect();
      return all.find((metric) => metric.name === name)?.values.reduce((sum, { value }) => sum + value, 0) ?? NaN;
    };
    return { tracer: instruments.tracer, tracing, counted };
  };
  const JSON_TO = (endpoint: string): NodeJS.ProcessEnv => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  const resourceSpansOf = (body: Buffer | undefined) =>
    (JSON.parse(String(body)) as { resourceSpans: [{ resource: object; scopeSpans: [{ spans: [SentSpan] }] }] })
      .resourceSpans;

  it.each([
    [undefined, 'application/x-protobuf'],
    ['http/protobuf', 'application/x-protobuf'],
    ['http/json', 'application/json'],
  ])('arrive by the protocol %s, with the fields of the one list and no other', async (protocol, contentType) => {
    const { tracer, tracing, counted } = await open({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=north%20wing',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=ward',
    });
    trace.getTracer('a library').startSpan(CANARY).end();
    const span = tracer.accept(undefined);
    span?.note({ task: 'classify' });
    span?.note({ patient: CANARY, task2: CANARY } as object);
    span?.end();
    await tracing.close();
    expect(asked).toMatchObject([
      { path: '/v1/traces', headers: { 'content-type': contentType, 'x-tenant': 'north wing' } },
    ]);
    const body = asked[0]?.body.toString('latin1');
    for (const told of ['medserve-gateway', 'ward', 'medserve.task', 'classify']) expect(body).toContain(told);
    expect(body).not.toContain(CANARY);
    // Nobody asked what the process runs on.
    for (const untold of ['host.', 'process.', process.execPath]) expect(body).not.toContain(untold);
    expect(await counted('medserve_spans_exported_total')).toBe(1);
  });

  it('have the ids, times, parent, links and status that they were given', async () => {
    const { tracer, tracing } = await open(JSON_TO(url));
    const caller = `00-${'a'.repeat(32)}-${'c'.repeat(16)}-01`;
    const request = tracer.accept(caller, 1_000);
    request?.note({ task: 'classify', durationMs: 1.5, 'http.response.status_code': 200 });
    const dispatch = request?.open('dispatch', 1_001);
    dispatch?.end({ endMs: 1_002 });
    request?.end({ endMs: 1_002.5, isError: true });
    tracer.together('relay', 'producer', [caller], 1_000)?.end({ endMs: 1_001 });
    await tracing.close();
    const [{ resource, scopeSpans }] = resourceSpansOf(asked[0]?.body);
    expect(resource).toMatchObject({
      attributes: expect.arrayContaining([
        { key: 'service.name', value: { stringValue: 'medserve-gateway' } },
      ]) as unknown,
    });
    expect(scopeSpans).toMatchObject([
      {
        scope: { name: 'medserve.gateway' },
        spans: [
          {
            name: 'dispatch',
            kind: 1,
            traceId: 'a'.repeat(32),
            spanId: dispatch?.context.spanId,
            parentSpanId: request?.context.spanId,
            flags: 0x1_01,
            status: { code: 0 },
          },
          {
            name: 'request',
            kind: 2,
            traceId: 'a'.repeat(32),
            spanId: request?.context.spanId,
            parentSpanId: 'c'.repeat(16),
            // Sampled, and the parent is in another process.
            flags: 0x3_01,
            attributes: [
              { key: 'medserve.task', value: { stringValue: 'classify' } },
              { key: 'medserve.durationMs', value: { doubleValue: 1.5 } },
              { key: 'http.response.status_code', value: { intValue: 200 } },
            ],
            status: { code: 2 },
          },
        ],
      },
      {
        scope: { name: 'medserve.recorder' },
        spans: [{ name: 'relay', kind: 4, links: [{ traceId: 'a'.repeat(32), spanId: 'c'.repeat(16) }] }],
      },
    ]);
    const [dispatched, requested] = scopeSpans[0].spans.map(({ startTimeUnixNano, endTimeUnixNano }) =>
      Math.round(Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1_000),
    );
    expect([dispatched, requested]).toEqual([1_000, 2_500]);
    expect(scopeSpans[1 as 0].spans[0]).not.toHaveProperty('parentSpanId');
  });

  /** `ExportTraceServiceResponse { partial_success: { rejected_spans: 1 } }` */
  const ONE_REJECTED = Buffer.from([0x0a, 0x02, 0x08, 0x01]);

  it.each([
    ['refused', 'http/protobuf', { status: 400, body: '' }, 0],
    ['not taken now', 'http/protobuf', { status: 503, body: '' }, 0],
    ['taken in part', 'http/protobuf', { status: 200, body: ONE_REJECTED }, 1],
    ['taken in part', 'http/json', { status: 200, body: '{"partialSuccess":{"rejectedSpans":"1"}}' }, 1],
    ['answered with nonsense', 'http/json', { status: 200, body: '{]' }, 2],
    ['answered with nonsense', 'http/protobuf', { status: 200, body: '{]' }, 2],
  ])('are counted when they are %s by %s', async (_how, protocol, said, exported) => {
    answer = said;
    const { tracer, tracing, counted } = await open({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/elsewhere`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
      // Too short to ask again in it.
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    tracer.accept(undefined)?.end();
    tracer.accept(undefined)?.end();
    await tracing.close();
    expect(asked.map(({ path }) => path)).toEqual(['/elsewhere']);
    expect(await counted('medserve_spans_exported_total')).toBe(exported);
    expect(await counted('medserve_spans_dropped_total')).toBe(2 - exported);
  });

  it('are dropped and counted where nobody listens', async () => {
    server.close();
    const { tracer, tracing, counted } = await open({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    tracer.accept(undefined)?.end();
    await tracing.close();
    expect(await counted('medserve_spans_dropped_total')).toBe(1);
  });

  it('are given up where the answer never comes to its end', async () => {
    server.removeAllListeners('request');
    server.on('request', (request, response: ServerResponse) => {
      request.resume();
      response.writeHead(200);
      const trickle = setInterval(() => response.write(' '), 20);
      response.once('close', () => {
        clearInterval(trickle);
      });
    });
    const { tracer, tracing, counted } = await open({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_EXPORT_TIMEOUT: '200',
    });
    tracer.accept(undefined)?.end();
    await tracing.close();
    expect(await counted('medserve_spans_dropped_total')).toBe(1);
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ['no collector is named', {}],
    ['its name is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['telemetry is off', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost', OTEL_SDK_DISABLED: 'true' }],
    ['nothing is exported', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost', OTEL_TRACES_EXPORTER: 'none' }],
    ['other variables are meant for others', { OTEL_TRACES_SAMPLER: 'jaeger_remote' }],
  ])('are not made where %s', async (_why, environment) => {
    const { tracer } = await open(environment);
    expect(tracer.accept(undefined)).toBeUndefined();
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ['an address that is none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
    ['a protocol of another port', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
    ['a sampler that is not known', { OTEL_TRACES_SAMPLER: 'jaeger_remote' }],
    ['a share above one', { OTEL_TRACES_SAMPLER_ARG: '2' }],
    ['a certificate that is not there', { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem' }],
    ['headers that are no pairs', { OTEL_EXPORTER_OTLP_HEADERS: 'secret' }],
  ])('are refused before anything opens with %s', async (_what, environment) => {
    const opened = open({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost', ...environment });
    await expect(opened).rejects.toThrow(SettingsError);
  });
});
