import {
  AggregatorRegistry,
  Registry,
  type MetricObjectWithValues,
  type MetricValue,
  type RegistryContentType,
} from 'prom-client';
import { labelsKey, type Exemplar, type TracedValue } from './traced-value';

/** The two forms in which metrics are told: Prometheus text 0.0.4, and OpenMetrics 1.0, which has exemplars. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** A process's metrics as objects: what `Instruments.collect` gives, also after a trip as JSON. */
export type CollectedMetrics = readonly MetricObjectWithValues<MetricValue<string>>[];

const CONTENT_TYPES = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const satisfies Record<MetricsFormat, string>;

/** Which form a reader prefers (RFC 9110, section 12.5.1): OpenMetrics where it is asked for, and not less than plain text. */
export function metricsFormatFor(accept: string | undefined): MetricsFormat {
  const weights = new Map<string, number>();
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const q = weight === undefined ? 1 : Number(weight);
    weights.set(type, Math.max(weights.get(type) ?? 0, Number.isFinite(q) ? q : 0));
  }
  const openMetrics = weights.get('application/openmetrics-text') ?? 0;
  return openMetrics > 0 && openMetrics >= (weights.get('text/plain') ?? 0) ? 'openmetrics' : 'prometheus';
}

/** One exposition of several processes' metrics: counters and histograms are summed by label. */
export async function mergeMetrics(
  processes: readonly unknown[],
  format: MetricsFormat = 'prometheus',
): Promise<string> {
  const collected = processes as readonly CollectedMetrics[];
  const merged: Registry<RegistryContentType> = AggregatorRegistry.aggregate(collected as never);
  merged.setContentType(CONTENT_TYPES[format]);
  if (format === 'openmetrics') await asOpenMetrics(merged, newestExemplars(collected));
  return merged.metrics();
}

/** In the form that a reader prefers. @param accept the header of its request */
export async function exposeMetrics(processes: readonly unknown[], accept: string | undefined): Promise<Exposition> {
  const format = metricsFormatFor(accept);
  return { contentType: CONTENT_TYPES[format], text: await mergeMetrics(processes, format) };
}

const keyOf = ({ metricName = '', labels }: TracedValue): string => `${metricName} ${labelsKey(labels)}`;

/** Summing forgets exemplars: of each bucket the newest of all processes is kept. */
function newestExemplars(processes: readonly CollectedMetrics[]): Map<string, Exemplar> {
  const newest = new Map<string, Exemplar>();
  for (const value of processes.flat().flatMap(({ values }) => values as readonly TracedValue[])) {
    const { exemplar } = value;
    if (!exemplar) continue;
    const key = keyOf(value);
    if ((newest.get(key)?.timestamp ?? 0) <= exemplar.timestamp) newest.set(key, exemplar);
  }
  return newest;
}

/**
 * A counter's family has no `_total` in OpenMetrics, and its samples do. Those that Triton named otherwise keep their names, which
 * dashboards know, as metrics of type `unknown`.
 */
async function asOpenMetrics(
  registry: Registry<RegistryContentType>,
  exemplars: ReadonlyMap<string, Exemplar>,
): Promise<void> {
  for (const metric of registry.getMetricsAsArray()) {
    // What the aggregation made: the registry prints this very object.
    const family = (await (metric as unknown as { get(): unknown }).get()) as {
      name: string;
      type: string;
      values: TracedValue[];
    };
    if (family.type === 'counter') {
      if (family.name.endsWith('_total')) family.name = family.name.slice(0, -'_total'.length);
      else family.type = 'unknown';
    }
    for (const value of family.values) {
      const exemplar = exemplars.get(keyOf(value));
      if (exemplar) value.exemplar = exemplar;
    }
  }
}
