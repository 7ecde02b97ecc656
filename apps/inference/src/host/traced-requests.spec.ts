import { ServingError } from '@medserve/errors';
import { encodeResult, failureFrame, type IncomingRequest } from '@medserve/rpc';
import { Tracer } from '@medserve/runtime';
import { incoming } from './testing/incoming';
import { tracedRequest } from './traced-requests';

const TRACE = 'a'.repeat(32);
const ROUTER = 'b'.repeat(16);

type Span = Parameters<Parameters<Tracer['open']>[0]['add']>[0];

const answer = (timings: Record<string, number>) =>
  encodeResult('r', {
    task: 'classify',
    model: { name: 'organ', version: '2', digest: 'sha256:0' },
    engine: 'onnx',
    timings,
    batch: { rows: 1, batchRows: 4, leads: true },
  });

describe('a request in a model host', () => {
  let spans: Span[];
  let tracer: Tracer;

  beforeEach(() => {
    spans = [];
    tracer = new Tracer();
    tracer.open({ add: (span) => spans.push(span) }, { sampler: 'always_off', ratio: 1, callersPerSecond: 0 });
  });

  const request = (traceparent: string, receivedAtMs = performance.now()): IncomingRequest => {
    const made = incoming('r').request;
    return { ...made, routing: { ...made.routing, traceparent }, receivedAtMs };
  };
  const traced = (receivedAtMs?: number) => request(`00-${TRACE}-${ROUTER}-01`, receivedAtMs);

  it('leaves no trace where nobody traces it', async () => {
    const frame = answer({ queue: 1 });
    expect(await tracedRequest(tracer, request(''), () => Promise.resolve(frame))).toBe(frame);
    expect(spans).toEqual([]);
  });

  it('tells what its time went to, by what its answer says of it', async () => {
    const receivedAtMs = performance.now() - 100;
    const timings = { queue: 20, preprocess: 10, run: 30, read: 5, firstToken: 15 };
    await tracedRequest(tracer, traced(receivedAtMs), () => Promise.resolve(answer(timings)));
    const whole = spans.at(-1);
    expect(whole).toMatchObject({
      name: 'infer',
      parentId: ROUTER,
      fields: { model: 'organ', modelVersion: '2', task: 'classify', count: 4 },
      isError: false,
    });
    const durations = spans.slice(0, -1).map(({ name, startMs, endMs }) => [name, Math.round(endMs - startMs)]);
    expect(durations).toEqual([
      ['batch wait', 20],
      ['preprocess', 10],
      ['execution', 30],
      ['read', 5],
      ['first token', 15],
    ]);
    const at = (name: string) => spans.find((span) => span.name === name);
    // From the beginning the one, from the end the other.
    expect(at('preprocess')?.startMs).toBeCloseTo(at('batch wait')?.endMs ?? 0, 3);
    expect(at('read')?.endMs).toBeCloseTo(whole?.endMs ?? 0, 3);
    expect(at('execution')?.endMs).toBeCloseTo(at('read')?.startMs ?? 0, 3);
    expect(new Set(spans.slice(0, -1).map(({ parentId }) => parentId))).toEqual(new Set([whole?.context.spanId]));
  });

  it('says why there is no answer', async () => {
    const refusal = failureFrame('r', new ServingError('overloaded', 'Full.'));
    await tracedRequest(tracer, traced(), () => Promise.resolve(refusal));
    await tracedRequest(tracer, traced(), () => Promise.reject(new Error('gone'))).catch(() => undefined);
    expect(spans).toMatchObject([
      { name: 'infer', isError: true, fields: { reason: 'overloaded' } },
      { name: 'infer', isError: true },
    ]);
  });

  it('is no error of ours where its caller sent what no model takes, or went away', async () => {
    const refusal = failureFrame('r', new ServingError('invalid_request', 'The model has no input of this name.'));
    await tracedRequest(tracer, traced(), () => Promise.resolve(refusal));
    const gone = new ServingError('cancelled', 'The caller went away.');
    await tracedRequest(tracer, traced(), () => Promise.reject(gone)).catch(() => undefined);
    expect(spans.map(({ isError }) => isError)).toEqual([false, false]);
  });
});
