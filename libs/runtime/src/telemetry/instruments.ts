import { collectDefaultMetrics, Registry, type RegistryContentType } from 'prom-client';
import { archiveInstruments, type ArchiveInstruments } from './metrics/archive';
import { declaredIn, type DeclaredMetric } from './metrics/declared';
import { deliveryInstruments, type DeliveryInstruments } from './metrics/deliveries';
import { dimseInstruments, type DimseInstruments } from './metrics/dimse';
import { exposeMetrics, type CollectedMetrics, type Exposition } from './metrics/exposition';
import { gatewayMetrics, type GatewayMetrics } from './metrics/gateway';
import { inferenceMetrics, type InferenceMetrics } from './metrics/inference';
import { ledgerMetrics, type LedgerMetrics } from './metrics/ledger';
import { monitorInstruments, type MonitorInstruments } from './metrics/monitor';
import { nvMetrics, type NvInstruments } from './metrics/nv';
import { poolInstruments, type PoolInstruments } from './metrics/pools';
import { quotaMetrics, type QuotaMetrics } from './metrics/quotas';
import { routerMetrics, type RouterMetrics } from './metrics/router';
import { scalerInstruments, type ScalerInstruments } from './metrics/scaler';
import { studyInstruments, type StudyInstruments } from './metrics/studies';
import { traceMetrics, type TraceMetrics } from './metrics/traces';
import { writingInstruments, type WritingInstruments } from './metrics/writing';
import { Tracer } from './tracing/tracer';

export { mergeMetrics } from './metrics/exposition';
export type { NvInstruments };

/**
 * Every metric of the platform, declared once, in the file of its room: name, unit in the name, help, labels. Labels come from
 * closed sets (a task, a modality, a reason) or from what the operator installed (a model), never from what a caller wrote.
 * `docs/metrics.md` lists them all.
 */
export interface Instruments extends GatewayMetrics, RouterMetrics, InferenceMetrics, LedgerMetrics, QuotaMetrics {
  readonly nv: NvInstruments;
  readonly writing: WritingInstruments;
  readonly pools: PoolInstruments;
  readonly scaler: ScalerInstruments;
  readonly monitor: MonitorInstruments;
  readonly deliveries: DeliveryInstruments;
  readonly dimse: DimseInstruments;
  readonly studies: StudyInstruments;
  readonly archive: ArchiveInstruments;
  readonly traces: TraceMetrics;
  /** Of spans; off until `startTracing` finds a collector to send them to. */
  readonly tracer: Tracer;
  /** All of them, as they are declared. */
  declared(): readonly DeclaredMetric[];
  /** This process's metrics as objects, to be merged with other processes' by `mergeMetrics`. */
  collect(): Promise<CollectedMetrics>;
  /** This process's metrics in the form that a reader prefers. @param accept the header of its request */
  expose(accept: string | undefined): Promise<Exposition>;
}

/**
 * How late the event loop is of several processes together: as late as the latest. prom-client takes the mean of most of them, in which
 * one that stands still is lost among those that wait for work.
 */
function tellTheLatest(registry: Registry<RegistryContentType>): void {
  const metrics = registry.getMetricsAsArray() as unknown as { readonly name: string; aggregator: string }[];
  for (const metric of metrics)
    if (metric.name.includes('eventloop_lag') && metric.aggregator === 'average') metric.aggregator = 'max';
}

/** Gauges that are called as counters are; each has one beside it that tells the same by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createInstruments(options: { processMetrics: boolean } = { processMetrics: true }): Instruments {
  const registry: Registry<RegistryContentType> = new Registry();
  // Only of such a registry may metrics have exemplars; it is read as objects, so the form itself is chosen later.
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry as Registry];
  if (options.processMetrics) {
    collectDefaultMetrics({ register: registry, prefix: 'medserve_' });
    for (const name of MISNAMED) registry.removeSingleMetric(`medserve_${name}`);
    tellTheLatest(registry);
  }
  const collect = (): Promise<CollectedMetrics> => registry.getMetricsAsJSON();
  const traces = traceMetrics(registers);
  return {
    ...gatewayMetrics(registers),
    ...routerMetrics(registers),
    ...inferenceMetrics(registers),
    ...ledgerMetrics(registers),
    ...quotaMetrics(registers),
    nv: nvMetrics(registers),
    writing: writingInstruments(registers),
    pools: poolInstruments(registers),
    scaler: scalerInstruments(registers),
    monitor: monitorInstruments(registers),
    studies: studyInstruments(registers),
    archive: archiveInstruments(registers),
    deliveries: deliveryInstruments(registers),
    dimse: dimseInstruments(registers),
    traces,
    tracer: new Tracer(),
    declared: () => declaredIn(registry),
    collect,
    expose: async (accept) => exposeMetrics([await collect()], accept),
  };
}

/** For tests and tools: counts into a registry that nobody reads. */
export const noopInstruments = (): Instruments => createInstruments({ processMetrics: false });
