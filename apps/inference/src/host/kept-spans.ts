import { Tracer, type Span, type SpanSink } from '@medserve/runtime/tracing';

/** Between two reports; what is more is dropped, and counted. */
const MOST_SPANS = 2_048;

/** Whether a request is traced was decided where it came in. */
const JOINS_ONLY = { sampler: 'always_off', ratio: 0, callersPerSecond: 0 } as const;

/** The spans of a host wait here for its next report: the pod sends them on with its own, so that a host needs no way to a collector. */
export class KeptSpans implements SpanSink {
  readonly tracer = new Tracer();
  private spans: Span[] = [];
  private dropped = 0;

  constructor() {
    this.tracer.open(this, JOINS_ONLY);
  }

  add(span: Span): void {
    if (this.spans.length < MOST_SPANS) this.spans.push(span);
    else this.dropped += 1;
  }

  /** For a report, which has what ended since the one before; undefined: nothing was traced. */
  take(): { readonly spans: readonly Span[]; readonly dropped: number } | undefined {
    const { spans, dropped } = this;
    if (spans.length === 0) return undefined;
    this.spans = [];
    this.dropped = 0;
    return { spans, dropped };
  }
}
