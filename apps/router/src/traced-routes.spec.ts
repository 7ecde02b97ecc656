import { ServingError } from '@medserve/errors';
import { decodeFrame, encodeRequest, failureFrame, peekFrame, type IncomingRequest } from '@medserve/rpc';
import { Tracer } from '@medserve/runtime';
import { tracedRoutes, traceWaits } from './traced-routes';

const TRACE = 'a'.repeat(32);
const CALLER = 'b'.repeat(16);
const ANSWER = failureFrame('r', new ServingError('overloaded', 'Full.'));

type Span = Parameters<Parameters<Tracer['open']>[0]['add']>[0];

function request(traceparent: string): IncomingRequest {
  const bytes = encodeRequest(
    { id: 'r', tenant: 't', class: 'routine', deadlineMs: 1_000, traceparent, input: { kind: 'texts', texts: ['x'] } },
    false,
  ).toBuffer();
  const { routing } = peekFrame(bytes);
  if (!routing) throw new Error('no routing');
  return {
    id: 'r',
    routing,
    bytes,
    receivedAtMs: performance.now(),
    deadlineAtMs: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    progress: () => undefined,
    forward: () => undefined,
  };
}

describe('a request on its way through the router', () => {
  let spans: Span[];
  let tracer: Tracer;

  beforeEach(() => {
    spans = [];
    tracer = new Tracer();
    tracer.open({ add: (span) => spans.push(span) }, { sampler: 'always_off', ratio: 1, callersPerSecond: 0 });
  });

  it('goes on as it came where nobody traces it', async () => {
    const asked = request('');
    const before = Buffer.from(asked.bytes);
    let got: IncomingRequest | undefined;
    const handle = tracedRoutes(tracer, (forwarded) => {
      got = forwarded;
      return Promise.resolve(ANSWER);
    });
    expect(await handle(asked)).toBe(ANSWER);
    expect(got).toBe(asked);
    expect(asked.bytes).toEqual(before);
    expect(spans).toEqual([]);
  });

  it('is a span whose child the host is', async () => {
    const asked = request(`00-${TRACE}-${CALLER}-01`);
    const handle = tracedRoutes(tracer, () => Promise.resolve(ANSWER));
    await handle(asked);
    expect(spans).toMatchObject([{ name: 'route', context: { traceId: TRACE }, parentId: CALLER }]);
    const { body } = decodeFrame(asked.bytes);
    const forwarded = body?.$case === 'request' ? body.value.routing?.traceparent : undefined;
    expect(forwarded).toBe(`00-${TRACE}-${spans[0]?.context.spanId ?? ''}-01`);
  });

  it.each([
    ['a replica that is busy', false, 'queue wait'],
    ['a pool that has none', true, 'cold start'],
  ])('tells how long it waited for %s, which the metrics hear as well', async (_what, isCold, name) => {
    const heard: unknown[] = [];
    const observer = traceWaits({
      onWaited: (seconds) => heard.push(seconds),
      onColdRequest: (pool) => heard.push(pool),
    });
    const handle = tracedRoutes(tracer, async () => {
      await Promise.resolve();
      if (isCold) observer.onColdRequest?.('ct');
      observer.onWaited?.(0.25);
      return ANSWER;
    });
    await handle(request(`00-${TRACE}-${CALLER}-01`));
    const [waited, route] = spans;
    expect(waited).toMatchObject({ name, parentId: route?.context.spanId });
    expect((waited?.endMs ?? 0) - (waited?.startMs ?? 0)).toBeCloseTo(250, 1);
    expect(heard).toEqual(isCold ? ['ct', 0.25] : [0.25]);
    observer.onWaited?.(0.1);
    expect(spans).toHaveLength(2);
  });

  it('is an error where it failed', async () => {
    const handle = tracedRoutes(tracer, () => Promise.reject(new ServingError('unavailable', 'Nobody.')));
    await expect(handle(request(`00-${TRACE}-${CALLER}-01`))).rejects.toThrow('Nobody.');
    expect(spans).toMatchObject([{ name: 'route', isError: true }]);
  });

  it('is no error of ours where what was sent is refused, or its caller went away', async () => {
    const refused = failureFrame('r', new ServingError('invalid_request', 'The model has no input of this name.'));
    await tracedRoutes(tracer, () => Promise.resolve(refused))(request(`00-${TRACE}-${CALLER}-01`));
    const left = tracedRoutes(tracer, () => Promise.reject(new ServingError('cancelled', 'Gone.')));
    await expect(left(request(`00-${TRACE}-${CALLER}-01`))).rejects.toThrow('Gone.');
    await tracedRoutes(tracer, () => Promise.resolve(ANSWER))(request(`00-${TRACE}-${CALLER}-01`));
    expect(spans.map(({ isError }) => isError)).toEqual([false, false, true]);
  });
});
