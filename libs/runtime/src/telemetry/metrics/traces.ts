import { Counter, type Registry } from 'prom-client';

/** What becomes of spans. They are never waited for: what has no room, or is not taken, is dropped and counted. */
export interface TraceMetrics {
  readonly spansExported: Counter;
  readonly spansDropped: Counter<'why'>;
}

export function traceMetrics(registers: Registry[]): TraceMetrics {
  return {
    spansExported: new Counter({
      name: 'medserve_spans_exported_total',
      help: 'Spans that the collector of traces took',
      registers,
    }),
    spansDropped: new Counter({
      name: 'medserve_spans_dropped_total',
      help: 'Spans that nobody sees: queue_full (made faster than taken), export_failed (no collector), rejected (by it)',
      labelNames: ['why'],
      registers,
    }),
  };
}
