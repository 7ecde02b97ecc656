export { loadSettings, SettingsError } from './settings/load-settings';
export { FIELDS } from './telemetry/fields';
export { createLogger, silentLogger, type LogFields, type Logger } from './telemetry/logger';
export {
  createInstruments,
  mergeMetrics,
  noopInstruments,
  type Instruments,
  type NvInstruments,
} from './telemetry/instruments';
export { watchCertificate, type CertificateUse } from './telemetry/watch-certificate';
export { startTracing } from './telemetry/tracing';
export { Lifecycle, type Closable } from './lifecycle/lifecycle';
export {
  runService,
  type ReadyMessage,
  type Service,
  type ServiceContext,
  type StartMessage,
} from './lifecycle/run-service';
export { serveMetrics } from './telemetry/metrics-server';
