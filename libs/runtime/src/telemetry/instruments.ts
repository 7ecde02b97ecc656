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
import { monitorInstruments, type MonitorInstruments } from './monitor-instruments';
import { poolInstruments, type PoolInstruments } from './pool-instruments';
import { scalerInstruments, type ScalerInstruments } from './scaler-instruments';
import { writingInstruments, type WritingInstruments } from './writing-instruments';

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
  readonly streamBytes: Gauge;
  readonly hostsRunning: Gauge<'model'>;
  readonly hostStarts: Counter<'model' | 'outcome'>;
  readonly hostDeaths: Counter<'model'>;
  readonly hostReplacements: Counter<'model'>;
  readonly modelLoadSeconds: Histogram<'model'>;
  readonly modelResidentBytes: Gauge<'model'>;
  readonly modelsRefused: Counter<'reason'>;
  readonly modelsFromLocalCopy: Gauge;
  /** ModelMesh's `modelmesh_age_at_eviction_milliseconds`: young evictions mean that too little memory is shared by too many. */
  readonly evictionAgeSeconds: Histogram;
  readonly routerInFlight: Gauge;
  readonly outboxWaiting: Gauge;
  readonly ledgerSize: Gauge;
  readonly ledgerAppendSeconds: Histogram;
  readonly ledgerBehindSeconds: Gauge;
  readonly ledgerHeld: Gauge;
  readonly transportChanges: Counter<'change'>;
  readonly requestsUnended: Gauge;
  readonly witnessed: Counter<'outcome'>;
  readonly abandoned: Counter;
  readonly sessionsExpired: Counter;
  readonly nv: NvInstruments;
  readonly writing: WritingInstruments;
  readonly pools: PoolInstruments;
  readonly scaler: ScalerInstruments;
  readonly monitor: MonitorInstruments;
  readonly cacheEntries: Gauge;
  readonly cacheBytes: Gauge;
  readonly routerQueue: Gauge<'class'>;
  readonly routerWaitSeconds: Histogram;
  readonly routerRetries: Counter;
  readonly routerEjections: Counter;
  readonly certificateExpiresSeconds: Gauge<'certificate'>;
  readonly routerShed: Counter<'reason'>;
  readonly reviews: Counter<'model' | 'task' | 'verdict'>;
  readonly breakGlass: Counter<'step'>;
  readonly quotaRefusals: Counter<'quota'>;
  readonly quotaStoreAway: Gauge;
  readonly outboxEvents: Gauge;
  readonly outboxBytes: Gauge;
  readonly usageRequests: Counter<'tenant' | 'outcome'>;
  readonly usageRunSeconds: Counter<'tenant'>;
  readonly usageCostUnits: Counter<'tenant'>;
  /** This process's metrics as objects, to be merged with other processes' by `mergeMetrics`. */
  collect(): Promise<MetricObjectWithValues<MetricValue<string>>[]>;
}

type ModelLabels = 'model' | 'version';

/**
 * What Triton calls its inference metrics (server `docs/user_guide/metrics.md`), for the dashboards that know them: durations
 * are sums in microseconds, `count` counts rows and `execCount` runs of the model.
 */
export interface NvInstruments {
  readonly requestSuccess: Counter<ModelLabels>;
  readonly requestFailure: Counter<ModelLabels | 'reason'>;
  readonly count: Counter<ModelLabels>;
  readonly execCount: Counter<ModelLabels>;
  readonly requestDurationUs: Counter<ModelLabels>;
  readonly queueDurationUs: Counter<ModelLabels>;
  readonly computeInputDurationUs: Counter<ModelLabels>;
  readonly computeInferDurationUs: Counter<ModelLabels>;
  readonly computeOutputDurationUs: Counter<ModelLabels>;
  readonly pendingRequestCount: Gauge<ModelLabels>;
  readonly firstResponseHistogramMs: Histogram<ModelLabels>;
  readonly cacheHits: Counter<ModelLabels>;
  readonly cacheMisses: Counter<ModelLabels>;
  readonly cacheHitDurationUs: Counter<ModelLabels>;
  readonly cacheMissDurationUs: Counter<ModelLabels>;
}

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const PHASE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];
const EVICTION_AGE_SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

/** Triton's own buckets. */
const FIRST_RESPONSE_MS = [100, 500, 2_000, 5_000];

function nvInstruments(registers: Registry[]): NvInstruments {
  const declared = (name: string, help: string) => ({
    name: `nv_${name}`,
    help,
    labelNames: ['model', 'version'] as const,
    registers,
  });
  const counter = (name: string, help: string): Counter<ModelLabels> => new Counter(declared(name, help));
  return {
    requestSuccess: counter('inference_request_success', 'Requests that a model answered'),
    requestFailure: new Counter({
      ...declared(
        'inference_request_failure',
        'Requests that a model did not answer, by what it was: REJECTED, CANCELED, BACKEND, OTHER',
      ),
      labelNames: ['model', 'version', 'reason'],
    }),
    count: counter('inference_count', 'Rows that a model answered'),
    execCount: counter('inference_exec_count', 'Runs of a model'),
    requestDurationUs: counter('inference_request_duration_us', 'Time of the answered requests, in microseconds'),
    queueDurationUs: counter('inference_queue_duration_us', 'Time that they waited for their run, in microseconds'),
    computeInputDurationUs: counter(
      'inference_compute_input_duration_us',
      'Time that making their inputs took, in microseconds',
    ),
    computeInferDurationUs: counter(
      'inference_compute_infer_duration_us',
      'Time that their runs took, in microseconds',
    ),
    computeOutputDurationUs: counter(
      'inference_compute_output_duration_us',
      'Time that reading their outputs took, in microseconds',
    ),
    pendingRequestCount: new Gauge(
      declared('inference_pending_request_count', 'Requests that wait for a model or are run by it'),
    ),
    firstResponseHistogramMs: new Histogram({
      ...declared('inference_first_response_histogram_ms', 'From a request to its first answer, in milliseconds'),
      buckets: FIRST_RESPONSE_MS,
    }),
    cacheHits: counter('cache_num_hits_per_model', 'Requests whose answer was kept from an earlier one'),
    cacheMisses: counter('cache_num_misses_per_model', 'Requests whose answer was looked for and not kept'),
    cacheHitDurationUs: counter(
      'cache_hit_duration_per_model',
      'Time that looking took where it found, in microseconds',
    ),
    cacheMissDurationUs: counter(
      'cache_miss_duration_per_model',
      'Time that looking took where it did not, in microseconds',
    ),
  };
}

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
    streamBytes: new Gauge({
      name: 'medserve_gateway_stream_bytes',
      help: 'Bytes held of answers that are sent as they are written',
      registers,
    }),
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
    hostReplacements: new Counter({
      name: 'medserve_model_host_replacements_total',
      help: 'Model hosts whose place another host of the model took: reloads, and runs that nobody waited for any more',
      labelNames: ['model'],
      registers,
    }),
    modelLoadSeconds: new Histogram({
      name: 'medserve_model_load_duration_seconds',
      help: 'From the order to load a model to its first run',
      labelNames: ['model'],
      buckets: LATENCY_SECONDS,
      registers,
    }),
    modelResidentBytes: new Gauge({
      name: 'medserve_model_resident_bytes',
      help: 'Resident memory of the hosts of a model',
      labelNames: ['model'],
      registers,
    }),
    modelsRefused: new Counter({
      name: 'medserve_models_refused_total',
      help: 'Model versions that a pod did not take from a repository, each time one was read',
      labelNames: ['reason'],
      registers,
    }),
    modelsFromLocalCopy: new Gauge({
      name: 'medserve_models_from_local_copy',
      help: 'Model versions served from the copy of a pod, as the repository is gone or has them in a form that is refused',
      registers,
    }),
    evictionAgeSeconds: new Histogram({
      name: 'medserve_model_eviction_age_seconds',
      help: 'Time since the last request of models that made room for others',
      buckets: EVICTION_AGE_SECONDS,
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
    ledgerBehindSeconds: new Gauge({
      name: 'medserve_ledger_behind_seconds',
      help: 'Age of the oldest event that was committed and is not yet in the ledger',
      registers,
    }),
    ledgerHeld: new Gauge({
      name: 'medserve_ledger_held',
      help: 'Logs that are not extended: what was published of them is ahead of the database, or another',
      registers,
    }),
    transportChanges: new Counter({
      name: 'medserve_transport_changes_total',
      help: 'Looks that found the topic of the events gone (and made it anew) or with other partitions than before',
      labelNames: ['change'],
      registers,
    }),
    requestsUnended: new Gauge({
      name: 'medserve_requests_unended',
      help: 'Accepted requests whose lease ran out more than a minute ago and that have no end',
      registers,
    }),
    witnessed: new Counter({
      name: 'medserve_ledger_witnessed_total',
      help: 'Checkpoints sent to a witness: cosigned, or failed',
      labelNames: ['outcome'],
      registers,
    }),
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
    sessionsExpired: new Counter({
      name: 'medserve_chat_sessions_expired_total',
      help: 'Conversations that were ended because their time was over',
      registers,
    }),
    nv: nvInstruments(registers),
    writing: writingInstruments(registers),
    pools: poolInstruments(registers),
    scaler: scalerInstruments(registers),
    monitor: monitorInstruments(registers),
    cacheEntries: new Gauge({ name: 'medserve_cache_entries', help: 'Answers that are kept', registers }),
    cacheBytes: new Gauge({ name: 'medserve_cache_bytes', help: 'Memory of the answers that are kept', registers }),
    routerQueue: new Gauge({
      name: 'medserve_router_queue',
      help: 'Requests that wait in the router for a replica, by class',
      labelNames: ['class'],
      registers,
    }),
    routerWaitSeconds: new Histogram({
      name: 'medserve_router_wait_seconds',
      help: 'How long a request waited in the router before it was sent to a model host',
      buckets: PHASE_SECONDS,
      registers,
    }),
    routerRetries: new Counter({
      name: 'medserve_router_retries_total',
      help: 'Requests that were sent a second time, because they had reached no model',
      registers,
    }),
    certificateExpiresSeconds: new Gauge({
      name: 'medserve_certificate_expires_seconds',
      help: 'When the certificate in use ends, in seconds since 1970: of the door, of the service',
      labelNames: ['certificate'],
      // Of the processes of one platform, the one that ends first.
      aggregator: 'min',
      registers,
    }),
    routerEjections: new Counter({
      name: 'medserve_router_ejections_total',
      help: 'Replicas taken out of their pool for a time, because they failed',
      registers,
    }),
    reviews: new Counter({
      name: 'medserve_reviews_total',
      help: 'What people said of results: attested or overridden',
      labelNames: ['model', 'task', 'verdict'],
      registers,
    }),
    breakGlass: new Counter({
      name: 'medserve_break_glass_total',
      help: 'Access in an emergency: requested, approved, used (once a read), ended before its time',
      labelNames: ['step'],
      registers,
    }),
    routerShed: new Counter({
      name: 'medserve_router_shed_total',
      help: 'Requests that the router gave up before a model host had them: full, evicted, late or loading',
      labelNames: ['reason'],
      registers,
    }),
    quotaRefusals: new Counter({
      name: 'medserve_quota_refusals_total',
      help: 'Requests that a quota turned away, by which: of the tenant or the client, of requests, cost or concurrency',
      labelNames: ['quota'],
      registers,
    }),
    quotaStoreAway: new Gauge({
      name: 'medserve_quota_store_away',
      help: '1 while the shared quotas do not answer and what was taken ahead is spent',
      registers,
      aggregator: 'max',
    }),
    outboxEvents: new Gauge({
      name: 'medserve_outbox_events',
      help: 'Events committed and not yet in the ledger, as the ceiling counts them: never too few',
      registers,
      aggregator: 'max',
    }),
    outboxBytes: new Gauge({
      name: 'medserve_outbox_bytes',
      help: 'Bytes of these, as the ceiling counts them: below half of it what the table takes on disk',
      registers,
      aggregator: 'max',
    }),
    usageRequests: new Counter({
      name: 'medserve_usage_requests_total',
      help: 'Requests of a tenant by how they ended; of tenants after the first 50 as "other"',
      labelNames: ['tenant', 'outcome'],
      registers,
    }),
    usageRunSeconds: new Counter({
      name: 'medserve_usage_run_seconds_total',
      help: 'Run time of models for a tenant: of a batch the share of its rows',
      labelNames: ['tenant'],
      registers,
    }),
    usageCostUnits: new Counter({
      name: 'medserve_usage_cost_units_total',
      help: 'Cost units that a tenant used: 65,536 pixels, voxels or tensor elements that were begun',
      labelNames: ['tenant'],
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
