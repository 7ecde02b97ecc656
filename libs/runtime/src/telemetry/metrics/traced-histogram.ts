import { Histogram, type LabelValues, type Registry } from 'prom-client';

export interface TracedHistogramOptions<Labels extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Labels[];
  readonly buckets: number[];
  readonly registers: Registry[];
}

/**
 * A histogram whose buckets name the last traced request that fell into them (OpenMetrics 1.0, "Exemplars"), so that a dashboard
 * leads from a slow bucket to a trace.
 */
export class TracedHistogram<Labels extends string> {
  private readonly inner: Histogram<Labels | 'trace_id'>;

  constructor(options: TracedHistogramOptions<Labels>) {
    this.inner = new Histogram<Labels | 'trace_id'>({ ...options, enableExemplars: true });
  }

  /** @param traceId of the request, where it is traced: 32 hex digits */
  observe(labels: LabelValues<Labels>, value: number, traceId?: string): void {
    const counted = { labels: labels as LabelValues<Labels | 'trace_id'>, value };
    this.inner.observe(
      traceId === undefined
        ? counted
        : { ...counted, exemplarLabels: { trace_id: traceId } as LabelValues<Labels | 'trace_id'> },
    );
  }
}
