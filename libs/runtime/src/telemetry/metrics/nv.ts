import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

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

/** Triton's own buckets. */
const FIRST_RESPONSE_MS = [100, 500, 2_000, 5_000];

export function nvMetrics(registers: Registry[]): NvInstruments {
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
