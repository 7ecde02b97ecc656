import { currentSpan, withSpan } from './current-span';
import type { SamplerRules } from './sampler';
import type { Span } from './span';
import { Tracer } from './tracer';

const RULES: SamplerRules = { sampler: 'parentbased_always_on', ratio: 1, callersPerSecond: 10 };
const TRACE = 'a'.repeat(32);
const CALLER = `00-${TRACE}-${'c'.repeat(16)}-01`;

function traced(rules: Partial<SamplerRules> = {}): { readonly tracer: Tracer; readonly spans: Span[] } {
  const spans: Span[] = [];
  const tracer = new Tracer();
  tracer.open({ add: (span) => spans.push(span) }, { ...RULES, ...rules });
  return { tracer, spans };
}

describe('a tracer', () => {
  it('that nobody opened makes nothing', () => {
    const tracer = new Tracer();
    expect([
      tracer.accept(CALLER),
      tracer.join('infer', CALLER),
      tracer.together('relay', 'producer', [CALLER]),
    ]).toEqual([undefined, undefined, undefined]);
  });

  it('goes on with the trace of the caller', () => {
    const { tracer, spans } = traced();
    tracer.accept(CALLER)?.end();
    expect(spans).toMatchObject([
      { name: 'request', kind: 'server', parentId: 'c'.repeat(16), context: { traceId: TRACE } },
    ]);
  });

  it.each([undefined, 'nonsense'])('begins one where the caller sent %s', (header) => {
    const { tracer, spans } = traced();
    tracer.accept(header)?.end();
    expect(spans[0]).toMatchObject({
      parentId: undefined,
      context: { traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
    });
  });

  it('joins what another service decided to trace, and nothing else', () => {
    const { tracer, spans } = traced({ sampler: 'always_off' });
    tracer.join('infer', CALLER)?.end();
    expect(tracer.join('infer', '')).toBeUndefined();
    expect(tracer.join('infer', CALLER.replace(/1$/, '0'))).toBeUndefined();
    expect(spans).toMatchObject([{ name: 'infer', context: { traceId: TRACE } }]);
  });

  it('leads from work for many to the requests that are traced', () => {
    const { tracer, spans } = traced();
    const untraced = CALLER.replace(/1$/, '0');
    expect(tracer.together('relay', 'producer', [undefined, untraced])).toBeUndefined();
    tracer.together('relay', 'producer', [undefined, CALLER, untraced])?.end();
    expect(spans[0]?.links).toMatchObject([{ traceId: TRACE }]);
    expect(spans[0]?.context.traceId).not.toBe(TRACE);
    tracer
      .together(
        'relay',
        'producer',
        Array.from({ length: 500 }, () => CALLER),
      )
      ?.end();
    expect(spans[1]?.links).toHaveLength(64);
  });
});

describe('a span', () => {
  it('has its parts as children, within its own times, by the wall clock', () => {
    const { tracer, spans } = traced();
    const beganMs = performance.now();
    const request = tracer.accept(CALLER, beganMs);
    const part = request?.open('accept', beganMs + 1);
    part?.end({ endMs: beganMs + 3 });
    request?.part('complete', beganMs + 3, beganMs + 4);
    request?.note({ outcome: 'completed' });
    request?.note({ task: 'classify' });
    request?.end({ endMs: beganMs + 5, isError: true });
    request?.end({ endMs: beganMs + 9 });
    const [accept, complete, whole] = spans;
    expect(spans.map(({ name }) => name)).toEqual(['accept', 'complete', 'request']);
    expect([accept?.parentId, complete?.parentId]).toEqual([whole?.context.spanId, whole?.context.spanId]);
    expect(whole).toMatchObject({ isError: true, fields: { outcome: 'completed', task: 'classify' } });
    const sinceMs = spans.map(({ startMs, endMs }) =>
      [startMs, endMs].map((at) => Math.round(at - (whole?.startMs ?? 0))),
    );
    expect(sinceMs).toEqual([
      [1, 3],
      [3, 4],
      [0, 5],
    ]);
    expect(Math.abs(Date.now() - (whole?.startMs ?? 0))).toBeLessThan(60_000);
  });

  it('tells those behind it who it is', () => {
    const { tracer, spans } = traced();
    const dispatch = tracer.accept(CALLER)?.open('dispatch');
    tracer.join('infer', dispatch?.traceparent ?? '')?.end();
    expect(spans[0]?.parentId).toBe(dispatch?.context.spanId);
  });

  it('is the current one of what happens in it, until it has ended', async () => {
    const { tracer } = traced();
    const span = tracer.accept(CALLER);
    if (!span) throw new Error('not traced');
    const inside = await withSpan(span, async () => {
      await Promise.resolve();
      const before = currentSpan();
      span.end();
      return [before, currentSpan()];
    });
    expect(inside).toEqual([span, undefined]);
    expect(currentSpan()).toBeUndefined();
  });
});
