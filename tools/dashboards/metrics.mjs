// Every metric that a query can ask for: what the platform declares, what Node and Prometheus add, what the rules record.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../real/cache.mjs';

/** Of others, for as long as a rule needs them. */
const FOREIGN = {
  up: { type: 'gauge', labels: ['job', 'instance'] },
  ALERTS: { type: 'gauge', labels: ['alertname', 'alertstate', 'severity'] },
  kubelet_volume_stats_available_bytes: { type: 'gauge', labels: ['namespace', 'persistentvolumeclaim'] },
  kubelet_volume_stats_capacity_bytes: { type: 'gauge', labels: ['namespace', 'persistentvolumeclaim'] },
};

/** As Prometheus stores a metric: a histogram is three. */
function* storedAs(name, type, labels) {
  if (type !== 'histogram') {
    yield [name, { type, labels: new Set(labels) }];
    return;
  }
  yield [`${name}_bucket`, { type, labels: new Set([...labels, 'le']) }];
  for (const part of ['sum', 'count']) yield [`${name}_${part}`, { type, labels: new Set(labels) }];
}

/** Metrics wherever they lie in the object that holds them all. */
function* declaredIn(value, seen = new Set()) {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value.labelNames)) yield value;
  else for (const inner of Object.values(value)) yield* declaredIn(inner, seen);
}

/** The platform's own and those of its processes. Needs an up-to-date dist/. */
export async function declaredMetrics() {
  const { createInstruments } = createRequire(import.meta.url)(join(ROOT, 'libs', 'runtime', 'dist', 'index.js'));
  const instruments = createInstruments({ processMetrics: true });
  const all = await instruments.collect();
  const labelsOf = new Map([...declaredIn(instruments)].map(({ name, labelNames }) => [name, labelNames]));
  const metrics = new Map(all.flatMap(({ name, type }) => [...storedAs(name, type, labelsOf.get(name) ?? [])]));
  for (const [name, { type, labels }] of Object.entries(FOREIGN)) metrics.set(name, { type, labels: new Set(labels) });
  return metrics;
}
