import type { MetricValue } from 'prom-client';

export interface Exemplar {
  readonly timestamp: number;
}

/** A value of a metric as the registry tells it: of a histogram one of many, with the name of its own. */
export type TracedValue = MetricValue<string> & { metricName?: string; exemplar?: Exemplar | null | undefined };

/** The same for the same labels, in whatever order. */
export const labelsKey = (labels: TracedValue['labels']): string =>
  JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
