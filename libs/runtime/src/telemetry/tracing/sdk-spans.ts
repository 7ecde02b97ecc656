import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import type { IdGenerator } from '@opentelemetry/sdk-trace';
import { sift } from '../fields';
import type { SpanSink } from './open-span';
import { SPANS, type Span, type SpanKind as OwnKind, type SpanRoom } from './span';
import type { TraceContext } from './trace-context';

const KINDS: Readonly<Record<OwnKind, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** Gives the span that is made next the ids that it has already: others were told them before it ended. */
export class GivenIds implements IdGenerator {
  private traceId = '';
  private spanId = '';

  give({ traceId, spanId }: TraceContext): void {
    this.traceId = traceId;
    this.spanId = spanId;
  }

  generateTraceId = (): string => this.traceId;
  generateSpanId = (): string => this.spanId;
}

/** Makes spans that are over into spans of the SDK, with the times, ids, parents and links that they have. */
export class SdkSpans implements SpanSink {
  constructor(
    private readonly tracers: Readonly<Record<SpanRoom, Tracer>>,
    private readonly ids: GivenIds,
  ) {}

  add({ name, kind, context, parentId, startMs, endMs, fields, isError, links }: Span): void {
    this.ids.give(context);
    const parent =
      parentId === undefined
        ? ROOT_CONTEXT
        : // What serves somebody has its parent with them.
          trace.setSpanContext(ROOT_CONTEXT, sdkContext(context.traceId, parentId, kind === 'server'));
    const span = this.tracers[SPANS[name]].startSpan(
      name,
      {
        kind: KINDS[kind],
        startTime: startMs,
        ...(fields === undefined ? {} : { attributes: attributesOf(sift(fields).told) }),
        links: links.map(({ traceId, spanId }) => ({ context: sdkContext(traceId, spanId, true) })),
      },
      parent,
    );
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endMs);
  }
}

const sdkContext = (traceId: string, spanId: string, isRemote: boolean): SpanContext => ({
  traceId,
  spanId,
  isRemote,
  traceFlags: TraceFlags.SAMPLED,
});

/** Names with a dot are of the semantic conventions of OpenTelemetry, the others ours. */
const attributesOf = (told: Readonly<Record<string, unknown>>): Attributes =>
  Object.fromEntries(
    Object.entries(told as Attributes).map(([name, value]) => [name.includes('.') ? name : `medserve.${name}`, value]),
  );
