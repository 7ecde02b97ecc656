import { OpenSpan, type Beginning, type SpanSink } from './open-span';
import { Sampler, type SamplerRules } from './sampler';
import type { Span, SpanKind, SpanName } from './span';
import { newTraceId, parseTraceparent, type TraceContext } from './trace-context';

interface Output {
  readonly sink: SpanSink;
  readonly sampler: Sampler;
}

/** The monotonic clock and the wall clock may come apart by this much before new traces follow the wall clock. */
const DRIFT_MS = 5;
/** A batch may be of more requests; its span leads to the first of them. */
const MOST_LINKS = 64;

/**
 * Makes spans by hand, of requests that are traced; of the others it makes nothing. All times that it takes are of this process's
 * `performance.now()`. Off until it is opened.
 */
export class Tracer {
  private output: Output | undefined;
  private epochMs = performance.timeOrigin;

  open(sink: SpanSink, rules: SamplerRules): void {
    this.output = { sink, sampler: new Sampler(rules) };
  }

  close(): void {
    this.output = undefined;
  }

  /** The span of a request from outside, whose caller may say which trace it is of; undefined: it is not traced. */
  accept(traceparent: unknown, startMs = performance.now()): OpenSpan | undefined {
    if (!this.output) return undefined;
    const parent = parseTraceparent(traceparent);
    if (!this.output.sampler.samples(parent, startMs)) return undefined;
    const traceId = parent?.traceId ?? newTraceId();
    return this.begin(this.output, { name: 'request', kind: 'server', traceId, parentId: parent?.spanId, startMs });
  }

  /** A span of what another service of ours sent, which decided whether it is traced. */
  join(name: SpanName, traceparent: string, startMs = performance.now()): OpenSpan | undefined {
    if (!this.output || traceparent === '') return undefined;
    const parent = parseTraceparent(traceparent);
    if (!parent?.sampled) return undefined;
    const { traceId, spanId: parentId } = parent;
    return this.begin(this.output, { name, kind: 'server', traceId, parentId, startMs });
  }

  /**
   * A span of work for many requests at once, with links to those that are traced; undefined where none is.
   *
   * @param traceparents of the requests, where they are known
   */
  together(
    name: SpanName,
    kind: SpanKind,
    traceparents: readonly (string | undefined)[],
    startMs = performance.now(),
  ): OpenSpan | undefined {
    if (!this.output) return undefined;
    const links: TraceContext[] = [];
    for (const traceparent of traceparents) {
      const context = traceparent === undefined ? undefined : parseTraceparent(traceparent);
      if (context?.sampled) links.push(context);
      if (links.length === MOST_LINKS) break;
    }
    if (links.length === 0) return undefined;
    return this.begin(this.output, { name, kind, traceId: newTraceId(), links, startMs });
  }

  /** Spans that ended in another process, which has no way to a collector of its own. */
  take(spans: readonly Span[]): void {
    for (const span of spans) this.output?.sink.add(span);
  }

  private begin({ sink }: Output, beginning: Beginning): OpenSpan {
    const driftMs = Date.now() - (this.epochMs + performance.now());
    if (Math.abs(driftMs) > DRIFT_MS) this.epochMs += driftMs;
    return new OpenSpan({ sink, epochMs: this.epochMs }, beginning);
  }
}
