import {
  AggregatorRegistry,
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client';

/**
 * Every metric of the platform, declared once: name, unit in the name, help, labels. Labels come from closed sets (a task,
 * a modality, a reason) or from what the operator installed (a model), never from what a caller wrote.
 */
export interface Instruments {
  readonly requests: Counter<'task' | 'modality' | 'model' | 'outcome'>;
  readonly requestSeconds: Histogram<'task' | 'modality'>;
  readonly phaseSeconds: Histogram<'phase'>;
  readonly refusals: Counter<'reason'>;
  readonly inFlight: Gauge;
  readonly decodeQueue: Gauge;
  readonly hostsRunning: Gauge<'model'>;
  readonly hostStarts: Counter<'model' | 'outcome'>;
  readonly hostDeaths: Counter<'model'>;
  readonly routerInFlight: Gauge;
  readonly outboxWaiting: Gauge;
  readonly ledgerSize: Gauge;
  readonly ledgerAppendSeconds: Histogram;
  readonly abandoned: Counter;
  /** This process's metrics as objects, to be merged with other processes' by `mergeMetrics`. */
  collect(): Promise<MetricObjectWithValues<MetricValue<string>>[]>;
}

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const PHASE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

export function createInstruments(options: { processMetrics: boolean } = { processMetrics: true }): Instruments {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics) collectDefaultMetrics({ register: registry, prefix: 'medserve_' });
  return {
    requests: new Counter({
      name: 'medserve_requests_total',
      help: 'Accepted requests by how they ended',
      labelNames: ['task', 'modality', 'model', 'outcome'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'medserve_request_duration_seconds',
      help: 'From the first byte of an accepted request to its recorded end',
      labelNames: ['task', 'modality'],
      buckets: LATENCY_SECONDS,
      registers,
    }),
    phaseSeconds: new Histogram({
      name: 'medserve_phase_duration_seconds',
      help: 'What a request spends its time on',
      labelNames: ['phase'],
      buckets: PHASE_SECONDS,
      registers,
    }),
    refusals: new Counter({
      name: 'medserve_refusals_total',
      help: 'Requests refused before they were accepted, by reason',
      labelNames: ['reason'],
      registers,
    }),
    inFlight: new Gauge({ name: 'medserve_gateway_in_flight', help: 'Requests inside the gateway', registers }),
    decodeQueue: new Gauge({
      name: 'medserve_decode_queue',
      help: 'Requests waiting for a decoding thread',
      registers,
    }),
    hostsRunning: new Gauge({
      name: 'medserve_model_hosts',
      help: 'Model hosts that serve',
      labelNames: ['model'],
      registers,
    }),
    hostStarts: new Counter({
      name: 'medserve_model_host_starts_total',
      help: 'Starts of model hosts',
      labelNames: ['model', 'outcome'],
      registers,
    }),
    hostDeaths: new Counter({
      name: 'medserve_model_host_deaths_total',
      help: 'Model hosts that ended without being asked to',
      labelNames: ['model'],
      registers,
    }),
    routerInFlight: new Gauge({
      name: 'medserve_router_in_flight',
      help: 'Requests between router and model hosts',
      registers,
    }),
    outboxWaiting: new Gauge({
      name: 'medserve_outbox_waiting',
      help: 'Events committed and not yet in the ledger',
      registers,
    }),
    ledgerSize: new Gauge({ name: 'medserve_ledger_entries', help: 'Entries in the audit ledger', registers }),
    ledgerAppendSeconds: new Histogram({
      name: 'medserve_ledger_append_duration_seconds',
      help: 'One transaction of the ledger writer',
      buckets: LATENCY_SECONDS,
      registers,
    }),
    abandoned: new Counter({
      name: 'medserve_abandoned_total',
      help: 'Accepted requests whose gateway died',
      registers,
    }),
    collect: () => registry.getMetricsAsJSON(),
  };
}

/** For tests and tools: counts into a registry that nobody reads. */
export const noopInstruments = (): Instruments => createInstruments({ processMetrics: false });

/** One exposition (Prometheus text format 0.0.4) of several processes' metrics; sums counters and histograms by label. */
export function mergeMetrics(processes: readonly unknown[]): Promise<string> {
  return AggregatorRegistry.aggregate(processes as never).metrics();
}
