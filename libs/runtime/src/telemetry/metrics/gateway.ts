import { Counter, Gauge, type Registry } from 'prom-client';
import { LATENCY_SECONDS, PHASE_SECONDS } from './buckets';
import { TracedHistogram } from './traced-histogram';

/** Of the gateway: requests, what they spend their time on, and what it turns away. */
export interface GatewayMetrics {
  readonly requests: Counter<'task' | 'modality' | 'model' | 'outcome'>;
  readonly requestSeconds: TracedHistogram<'task' | 'modality'>;
  readonly phaseSeconds: TracedHistogram<'phase'>;
  readonly refusals: Counter<'reason'>;
  readonly inFlight: Gauge;
  readonly decodeQueue: Gauge;
  readonly streamBytes: Gauge;
  readonly requestsUnended: Gauge;
  readonly abandoned: Counter;
  readonly sessionsExpired: Counter;
  readonly modelDefaultsUnkept: Gauge;
  readonly cacheEntries: Gauge;
  readonly cacheBytes: Gauge;
  readonly reviews: Counter<'model' | 'task' | 'verdict'>;
  readonly breakGlass: Counter<'step'>;
  readonly certificateExpiresSeconds: Gauge<'certificate'>;
}

export function gatewayMetrics(registers: Registry[]): GatewayMetrics {
  return {
    requests: new Counter({
      name: 'medserve_requests_total',
      help: 'Accepted requests by how they ended',
      labelNames: ['task', 'modality', 'model', 'outcome'],
      registers,
    }),
    requestSeconds: new TracedHistogram({
      name: 'medserve_request_duration_seconds',
      help: 'From the first byte of an accepted request to its recorded end',
      labelNames: ['task', 'modality'],
      buckets: LATENCY_SECONDS,
      registers,
    }),
    phaseSeconds: new TracedHistogram({
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
    streamBytes: new Gauge({
      name: 'medserve_gateway_stream_bytes',
      help: 'Bytes held of answers that are sent as they are written',
      registers,
    }),
    requestsUnended: new Gauge({
      name: 'medserve_requests_unended',
      help: 'Accepted requests whose lease ran out more than a minute ago and that have no end',
      registers,
      aggregator: 'max',
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
    modelDefaultsUnkept: new Gauge({
      name: 'medserve_model_defaults_unkept',
      help: 'Models whose chosen default version is not served, so that another answers in its place',
      registers,
      aggregator: 'max',
    }),
    cacheEntries: new Gauge({ name: 'medserve_cache_entries', help: 'Answers that are kept', registers }),
    cacheBytes: new Gauge({ name: 'medserve_cache_bytes', help: 'Memory of the answers that are kept', registers }),
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
    certificateExpiresSeconds: new Gauge({
      name: 'medserve_certificate_expires_seconds',
      help: 'When the certificate in use ends, in seconds since 1970: of the door, of the DICOM node, of the service',
      labelNames: ['certificate'],
      // Of the processes of one platform, the one that ends first.
      aggregator: 'min',
      registers,
    }),
  };
}
