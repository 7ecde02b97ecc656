import type { Closable } from '../../closable';
import { tracingSettingsOf } from './settings';
import type { Instruments } from '../instruments';

/**
 * Opens the tracer when the standard variables name a collector (`OTEL_EXPORTER_OTLP_ENDPOINT` or its sister for traces).
 *
 * @throws SettingsError
 */
export async function startTracing(
  service: string,
  environment: NodeJS.ProcessEnv,
  { tracer, traces }: Pick<Instruments, 'tracer' | 'traces'>,
): Promise<Closable> {
  const settings = tracingSettingsOf(service, environment);
  if (settings === undefined) return { close: () => Promise.resolve() };
  // Before the service serves: later it would be a stall of all requests.
  const { openSdk } = await import('./sdk');
  const sdk = openSdk(settings, {
    exported: (count) => {
      traces.spansExported.inc(count);
    },
    dropped: (count, why) => {
      traces.spansDropped.inc({ why }, count);
    },
  });
  tracer.open(sdk, settings.sampler);
  return {
    close: () => {
      tracer.close();
      return sdk.close();
    },
  };
}
