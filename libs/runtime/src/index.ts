export { loadSettings, SettingsError } from './settings/load-settings';
export { BoundedNames, OTHER } from './telemetry/bounded-names';
export { FIELDS } from './telemetry/fields';
export { silentLogger, type LogFields, type Logger } from './telemetry/logger';
export {
  createInstruments,
  mergeMetrics,
  noopInstruments,
  type Instruments,
  type NvInstruments,
} from './telemetry/instruments';
export { exposeMetrics, type CollectedMetrics, type Exposition } from './telemetry/metrics/exposition';
export { KeptCounts } from './telemetry/metrics/kept-counts';
export { bucketOf, restoreHistogram, type KeptHistogram } from './telemetry/metrics/kept-histogram';
export type { MonitorInstruments } from './telemetry/metrics/monitor';
export { watchCertificate, type CertificateUse } from './telemetry/watch-certificate';
export {
  currentSpan,
  Tracer,
  withSpan,
  type OpenSpan,
  type Span,
  type SpanName,
  type SpanSink,
} from './telemetry/tracing';
export { startTracing } from './telemetry/tracing/start-tracing';
export { KeptTrying, type KeptTryingOptions } from './lifecycle/kept-trying';
export { every } from './lifecycle/every';
export type { Closable } from './closable';
export { Lifecycle } from './lifecycle/lifecycle';
export { processSettings, type ProcessSettings } from './lifecycle/process-settings';
export type { Probes, ProbeServer } from './lifecycle/probe-server';
export {
  runService,
  type ReadyMessage,
  type RunningService,
  type Service,
  type ServiceContext,
  type StartMessage,
} from './lifecycle/run-service';
