import { trace } from '@opentelemetry/api';
import type { Closable } from '../lifecycle/lifecycle';
import { AllowListedTracing } from './allow-listed-tracing';

/**
 * Starts OpenTelemetry when the standard variable `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector; otherwise the SDK is not
 * even loaded (it costs 200 ms of start-up). Spans are made by hand where they matter, without automatic instrumentation, and
 * carry fields of the one list only. Of the process its service's name is told, and what the operator set in
 * `OTEL_RESOURCE_ATTRIBUTES`; neither its command line nor its host.
 */
export async function startTracing(service: string, environment: NodeJS.ProcessEnv): Promise<Closable> {
  if (environment['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined) return { close: () => Promise.resolve() };
  const { NodeSDK, resources } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    serviceName: `medserve-${service}`,
    instrumentations: [],
    resourceDetectors: [resources.envDetector],
  });
  sdk.start();
  const provider = trace.getTracerProvider();
  trace.disable();
  trace.setGlobalTracerProvider(new AllowListedTracing(provider));
  return { close: () => sdk.shutdown() };
}
