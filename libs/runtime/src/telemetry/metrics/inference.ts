import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { LATENCY_SECONDS } from './buckets';

/** Of inference pods: the hosts of models and the memory that they take. `model` is the name of an installed model. */
export interface InferenceMetrics {
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
}

const EVICTION_AGE_SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

export function inferenceMetrics(registers: Registry[]): InferenceMetrics {
  return {
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
  };
}
