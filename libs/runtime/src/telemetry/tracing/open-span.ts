import type { Fields } from '../fields';
import type { Span, SpanKind, SpanName } from './span';
import { formatTraceparent, newSpanId, type TraceContext } from './trace-context';

/** Where ended spans go; takes them at once and never waits. */
export interface SpanSink {
  add(span: Span): void;
}

export interface Beginning {
  readonly name: SpanName;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly parentId?: string | undefined;
  readonly links?: readonly TraceContext[];
  /** Of this process's `performance.now()`, as all times here. */
  readonly startMs: number;
}

export interface SpanEnd {
  readonly endMs?: number;
  readonly isError?: boolean;
}

/** What the spans of one request have in common in one process. */
export interface SpanHome {
  readonly sink: SpanSink;
  /** When `performance.now()` was 0, in milliseconds since 1970. */
  readonly epochMs: number;
}

/** A span that has begun: it goes to the sink when it ends, and so do the spans of what happened in it. */
export class OpenSpan {
  readonly context: TraceContext;
  private fields: Fields | undefined;
  private isOver = false;

  constructor(
    private readonly home: SpanHome,
    private readonly beginning: Beginning,
  ) {
    this.context = { traceId: beginning.traceId, spanId: newSpanId(), sampled: true };
  }

  get traceId(): string {
    return this.beginning.traceId;
  }

  get startMs(): number {
    return this.beginning.startMs;
  }

  get hasEnded(): boolean {
    return this.isOver;
  }

  /** What is sent along with what this span waits for. */
  get traceparent(): string {
    return formatTraceparent(this.context);
  }

  /** To be told beside what was noted before. */
  note(fields: Fields): void {
    this.fields = this.fields === undefined ? fields : { ...this.fields, ...fields };
  }

  /** A part of it that begins, or began. */
  open(name: SpanName, startMs = performance.now(), kind: SpanKind = 'internal'): OpenSpan {
    return new OpenSpan(this.home, { name, kind, traceId: this.traceId, parentId: this.context.spanId, startMs });
  }

  /** A part of it that is over. */
  part(name: SpanName, startMs: number, endMs: number): void {
    this.open(name, startMs).end({ endMs });
  }

  /** Once: what comes after the first time says nothing. */
  end({ endMs = performance.now(), isError = false }: SpanEnd = {}): void {
    if (this.isOver) return;
    this.isOver = true;
    const { name, kind, parentId, links = [], startMs } = this.beginning;
    const { sink, epochMs } = this.home;
    sink.add({
      name,
      kind,
      context: this.context,
      parentId,
      startMs: epochMs + startMs,
      endMs: epochMs + Math.max(startMs, endMs),
      fields: this.fields,
      isError,
      links,
    });
  }
}
