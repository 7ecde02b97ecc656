import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, Metadata } from '@grpc/grpc-js';
import { GRPCInferenceServiceClient, type ModelInferRequest } from '@medserve/contracts/oip';
import { sumAndDifferenceOnnx, writeLanguagePackage, writeTritonModel } from '@medserve/testkit';
import { Caller } from '../support/caller';
import { NativeClient } from '../support/native-client';
import { Platform, until } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';
import { startTelemetryCollector, type CollectedSpan, type TelemetryCollector } from '../support/telemetry-collector';

const LONG_MS = 180_000;
const CALLER_SPAN = 'c0ffee00c0ffee00';
const WRITER = { name: 'scribe', sees: false, lines: { serves: [{ task: 'chat', modality: 'radiology' }] } };

/** What a request spends its time on, in the order in which it begins; those of writing models have one more. */
const STEPS = ['request', 'accept', 'dispatch', 'infer', 'batch wait', 'preprocess', 'execution', 'read', 'complete'];
const PARENTS: Readonly<Record<string, string>> = {
  decode: 'request',
  accept: 'request',
  dispatch: 'request',
  complete: 'request',
  route: 'dispatch',
  'queue wait': 'route',
  'cold start': 'route',
  infer: 'route',
  'batch wait': 'infer',
  preprocess: 'infer',
  execution: 'infer',
  'first token': 'infer',
  read: 'infer',
};

describe.each(['single', 'split'] as const)('the trace of a request, shape %s', (shape) => {
  let collector: TelemetryCollector;
  let platform: Platform;
  let models: string;
  let caller: Caller;

  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'medserve-models-'));
    await writeTritonModel(models, { name: 'sums', versions: { '1': sumAndDifferenceOnnx() } });
    await writeLanguagePackage(models, WRITER);
    collector = await startTelemetryCollector();
    platform = await Platform.start({
      shape,
      models: [models],
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        // Each shape speaks one of the two; this one is what is spoken where nothing is said.
        ...(shape === 'single' ? {} : { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }),
        OTEL_EXPORTER_OTLP_TIMEOUT: '500',
        OTEL_BSP_SCHEDULE_DELAY: '50',
      },
    });
    caller = new Caller(platform.ready);
  }, LONG_MS);
  afterAll(async () => {
    await platform.remove();
    await collector.close();
    rmSync(models, { recursive: true, force: true });
  }, 60_000);

  const traceparentOf = (trace: string): string => `00-${trace}-${CALLER_SPAN}-01`;
  const ofTrace = (trace: string): CollectedSpan[] => collector.spans().filter(({ traceId }) => traceId === trace);
  const bodyOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  /** All spans of a request, once the last of them has arrived, whichever process sends it. */
  async function spansOf(trace: string): Promise<CollectedSpan[]> {
    await until('the spans of a request', () => {
      const names = new Set(ofTrace(trace).map(({ name }) => name));
      return STEPS.every((name) => names.has(name)) && names.has('route');
    });
    // Of those that begin together the longer one holds the other.
    return ofTrace(trace).sort((one, other) => Number(one.startNs - other.startNs || other.endNs - one.endNs));
  }

  /** One tree: every span but the request's has its parent in it, of the right name, and lies within it. */
  function expectOneTree(spans: readonly CollectedSpan[]): void {
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(spans.length);
    const roots = spans.filter(({ parentSpanId }) => !byId.has(parentSpanId ?? ''));
    expect(roots).toMatchObject([{ name: 'request', parentSpanId: CALLER_SPAN, scope: 'medserve.gateway' }]);
    for (const { name, parentSpanId } of spans.filter((span) => span !== roots[0]))
      expect([name, byId.get(parentSpanId ?? '')?.name]).toEqual([name, PARENTS[name]]);
    // Each process keeps to the clock of the machine to within five milliseconds.
    const SLACK_NS = 6_000_000n;
    for (const span of spans) {
      const parent = byId.get(span.parentSpanId ?? '');
      if (!parent) continue;
      expect(span.startNs + SLACK_NS).toBeGreaterThanOrEqual(parent.startNs);
      expect(span.endNs).toBeLessThanOrEqual(parent.endNs + SLACK_NS);
    }
    const order = spans.map(({ name }) => name).filter((name) => STEPS.includes(name));
    expect(order).toEqual(STEPS);
  }

  const tensors = ['a', 'b'].map((name) => ({ name, shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }));
  const tensorMessage = (model: string): ModelInferRequest => ({
    modelName: model,
    modelVersion: '',
    id: '',
    parameters: {},
    inputs: ['a', 'b'].map((name) => ({ name, datatype: 'FP32', shape: [1, 4], parameters: {}, contents: undefined })),
    outputs: [],
    rawInputContents: [1, 2].map(() => Buffer.from(new Float32Array(4).buffer)),
  });

  const DOORS: Record<string, (traceparent: string) => Promise<void>> = {
    'the native API over HTTP': async (traceparent) => {
      const reply = await caller.infer(syntheticSlice(1), 'application/dicom', {}, { traceparent });
      expect(reply.status).toBe(200);
    },
    'the native API over gRPC': async (traceparent) => {
      const client = new NativeClient(platform.ready, { traceparent });
      const files = [{ mediaType: 'application/dicom', data: syntheticSlice(2) }];
      const { id } = await client.infer({ files }).answer;
      expect(id).not.toBe('');
      client.close();
    },
    'the Open Inference Protocol over HTTP': async (traceparent) => {
      const body = bodyOf({ inputs: tensors });
      const reply = await caller.call('/v2/models/sums/infer', { method: 'POST', headers: { traceparent }, body });
      expect(reply.status).toBe(200);
    },
    'the Open Inference Protocol over gRPC': async (traceparent) => {
      const client = new GRPCInferenceServiceClient(platform.ready.grpc, credentials.createInsecure());
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${platform.ready.key}`);
      metadata.set('traceparent', traceparent);
      await new Promise<void>((resolve, reject) => {
        client.modelInfer(tensorMessage('sums'), metadata, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
      client.close();
    },
    'the API of OpenAI': async (traceparent) => {
      const question = {
        model: 'scribe',
        messages: [{ role: 'user', content: 'Is the heart enlarged?' }],
        max_completion_tokens: 4,
      };
      const call = { method: 'POST', headers: { traceparent }, body: bodyOf(question) };
      expect((await caller.call('/v1/chat/completions', call)).status).toBe(200);
    },
    'the API of OpenAI, as it writes': async (traceparent) => {
      const question = {
        ...{ model: 'scribe', messages: [{ role: 'user', content: 'And the lungs?' }] },
        ...{ max_completion_tokens: 4, stream: true },
      };
      const call = { method: 'POST', headers: { traceparent }, body: bodyOf(question) };
      expect((await caller.call('/v1/chat/completions', call)).bytes.toString()).toContain('[DONE]');
    },
  };

  it.each(Object.entries(DOORS))(
    'by %s is one tree over all processes',
    async (door, ask) => {
      const trace = createHash('md5').update(door).digest('hex');
      await ask(traceparentOf(trace));
      const spans = await spansOf(trace);
      expectOneTree(spans);
      expect(spans.some(({ name }) => name === 'first token')).toBe(door.includes('OpenAI'));
      if (shape === 'split')
        expect(new Set(spans.map(({ service }) => service))).toEqual(
          new Set(['medserve-gateway', 'medserve-router', 'medserve-inference']),
        );
    },
    LONG_MS,
  );

  it(
    'leads from the relay and the ledger to the request, by links',
    async () => {
      const trace = 'feed'.repeat(8);
      expect(
        (await caller.infer(syntheticSlice(3), 'application/dicom', {}, { traceparent: traceparentOf(trace) })).status,
      ).toBe(200);
      const linked = (name: string) =>
        collector.spans().filter((span) => span.name === name && span.links.includes(trace));
      await until('both records in the ledger', () => {
        const links = linked('ledger append').flatMap(({ links }) => links.filter((id) => id === trace));
        return links.length >= 2 && linked('relay').length > 0;
      });
      expect(linked('ledger append')[0]).toMatchObject({
        scope: 'medserve.recorder',
        parentSpanId: undefined,
        isError: false,
      });
    },
    LONG_MS,
  );

  it(
    'begins anew where the caller sends none, or nonsense',
    async () => {
      const before = new Set(collector.spans().map(({ traceId }) => traceId));
      for (const traceparent of ['', 'nonsense'])
        await caller.infer(syntheticSlice(4), 'application/dicom', {}, traceparent === '' ? {} : { traceparent });
      const fresh = () => collector.spans().filter(({ name, traceId }) => name === 'request' && !before.has(traceId));
      await until('two traces', () => fresh().length === 2);
      expect(fresh().map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined]);
    },
    LONG_MS,
  );

  it(
    'is not kept where the caller does not keep it',
    async () => {
      const trace = 'dead'.repeat(8);
      const headers = { traceparent: traceparentOf(trace).replace(/1$/, '0') };
      expect((await caller.infer(syntheticSlice(5), 'application/dicom', {}, headers)).status).toBe(200);
      const marker = 'beef'.repeat(8);
      await caller.infer(syntheticSlice(6), 'application/dicom', {}, { traceparent: traceparentOf(marker) });
      await spansOf(marker);
      expect(ofTrace(trace)).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'of what is refused says so, and is not an error of ours',
    async () => {
      const trace = 'abad'.repeat(8);
      const headers = { traceparent: traceparentOf(trace) };
      const reply = await caller.call('/v1/infer?model=none', { method: 'POST', headers, body: new Uint8Array(3) });
      expect(reply.status).toBeGreaterThanOrEqual(400);
      await until('the span of a refusal', () => ofTrace(trace).some(({ name }) => name === 'request'));
      const [span] = ofTrace(trace).filter(({ name }) => name === 'request');
      expect(span).toMatchObject({
        isError: false,
        attributes: { 'http.route': '/v1/infer', 'http.response.status_code': reply.status },
      });
    },
    LONG_MS,
  );

  it(
    'of an image that nobody can read has no error of ours in any part',
    async () => {
      const trace = 'bead'.repeat(8);
      const reply = await caller.infer(
        Buffer.from('no image at all'),
        'application/dicom',
        {},
        { traceparent: traceparentOf(trace) },
      );
      expect(reply.status).toBe(415);
      await until('the span of a refusal', () => ofTrace(trace).some(({ name }) => name === 'request'));
      expect(ofTrace(trace).map(({ name, isError }) => [name, isError])).toEqual([
        ['decode', false],
        ['request', false],
      ]);
    },
    LONG_MS,
  );

  it(
    'of a job is found by the id that its caller was told',
    async () => {
      const trace = 'dada'.repeat(8);
      const headers = { traceparent: traceparentOf(trace), 'content-type': 'application/dicom' };
      const body = new Uint8Array(syntheticSlice(8));
      const { status, json } = await caller.call('/v1/jobs', { method: 'POST', headers, body });
      expect(status).toBe(202);
      await until('the span of a job', () => ofTrace(trace).some(({ name }) => name === 'request'));
      expect(ofTrace(trace).find(({ name }) => name === 'request')?.attributes).toMatchObject({
        'medserve.requestId': json['id'],
        'http.response.status_code': 202,
      });
    },
    LONG_MS,
  );

  it(
    'is found from the metrics by its exemplar',
    async () => {
      const trace = 'cafe'.repeat(8);
      await caller.infer(syntheticSlice(7), 'application/dicom', {}, { traceparent: traceparentOf(trace) });
      const page = await caller.call('/metrics', { headers: { accept: 'application/openmetrics-text' } });
      expect(page.headers.get('content-type')).toContain('application/openmetrics-text');
      const exemplars = page.bytes
        .toString()
        .split('\n')
        .filter((line) => line.includes(`# {trace_id="${trace}"}`));
      expect(exemplars.some((line) => line.startsWith('medserve_request_duration_seconds_bucket'))).toBe(true);
      expect(exemplars.some((line) => line.startsWith('medserve_phase_duration_seconds_bucket'))).toBe(true);
    },
    LONG_MS,
  );

  it.each(['silent', 'refuses'] as const)(
    'costs nothing but itself where the collector %s',
    async (mood) => {
      collector.mood = mood;
      const trace = 'f00d'.repeat(8);
      const replies = await Promise.all(
        [1, 2, 3, 4].map((seed) =>
          caller.infer(syntheticSlice(seed), 'application/dicom', {}, { traceparent: traceparentOf(trace) }),
        ),
      );
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      if (mood === 'refuses')
        await until('drops on the page of metrics', async () => {
          const page = (await caller.call('/metrics')).bytes.toString();
          return /^medserve_spans_dropped_total\{why="export_failed"\} [1-9]/m.test(page);
        });
      collector.mood = 'takes';
    },
    LONG_MS,
  );
});
