import type { Closable } from '../lifecycle/lifecycle';

/**
 * Starts OpenTelemetry when the standard variable `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector; otherwise the SDK is not
 * even loaded (it costs 200 ms of start-up). Spans are made by hand where they matter, without automatic instrumentation.
 */
export async function startTracing(service: string, environment: NodeJS.ProcessEnv): Promise<Closable> {
  if (environment['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined) return { close: () => Promise.resolve() };
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName: `medserve-${service}`, instrumentations: [] });
  sdk.start();
  return { close: () => sdk.shutdown() };
}
