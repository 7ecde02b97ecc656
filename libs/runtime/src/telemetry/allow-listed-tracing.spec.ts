import { SpanStatusCode } from '@opentelemetry/api';
import { tracing } from '@opentelemetry/sdk-node';
import { AllowListedTracing } from './allow-listed-tracing';

const CANARY = 'Okonkwo-4711';

function exported(work: (tracer: ReturnType<AllowListedTracing['getTracer']>) => void): tracing.ReadableSpan[] {
  const exporter = new tracing.InMemorySpanExporter();
  const provider = new tracing.BasicTracerProvider({
    spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
  });
  work(new AllowListedTracing(provider).getTracer('spec'));
  return exporter.getFinishedSpans();
}

const told = (spans: tracing.ReadableSpan[]): string =>
  JSON.stringify(
    spans.map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status })),
  );

describe('a span', () => {
  it('tells the fields of the list', () => {
    const [span] = exported((tracer) => {
      tracer
        .startSpan('dispatch', { attributes: { model: 'organ' } })
        .setAttribute('durationMs', 3)
        .end();
    });
    expect(span).toMatchObject({ name: 'dispatch', attributes: { model: 'organ', durationMs: 3 } });
  });

  it('tells nothing else, whichever way it is said', () => {
    const spans = exported((tracer) => {
      const context = tracer.startSpan('linked').spanContext();
      const span = tracer.startSpan(`about ${CANARY}`, {
        attributes: { patient: CANARY },
        links: [{ context, attributes: { patient: CANARY } }],
      });
      span.setAttribute(CANARY, 1).setAttributes({ patient: CANARY }).updateName(`N ${CANARY}`);
      span.addEvent(`E ${CANARY}`, { patient: CANARY }).addEvent('plain', Date.now());
      span.addLink({ context, attributes: { patient: CANARY } });
      span.setStatus({ code: SpanStatusCode.ERROR, message: CANARY });
      span.recordException(new Error(CANARY));
      span.end();
      tracer.startActiveSpan('active', { attributes: { patient: CANARY } }, (active) => {
        active.setAttribute('patient', CANARY).end();
      });
    });
    expect(spans).toHaveLength(2);
    expect(told(spans)).not.toContain(CANARY);
    expect(told(spans)).toContain('exception');
  });
});
