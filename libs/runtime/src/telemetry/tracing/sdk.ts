import { NodeSDK, api, resources } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace';
import type { Closable } from '../../closable';
import type { SpanSink } from './open-span';
import { otlpExport } from './otlp-export';
import { GivenIds, SdkSpans } from './sdk-spans';
import type { TracingSettings } from './settings';
import { BoundedSpanProcessor, type SpanCounts } from './span-processor';

/**
 * The SDK of OpenTelemetry, which makes OTLP of spans that are over. It decides nothing: what is traced was decided at the door,
 * nothing is instrumented by itself, and what the process runs on is not looked for. This file is loaded where a collector is named
 * and nowhere else: it is 460 files.
 */
export function openSdk(
  { collector, resource, service, limits }: Omit<TracingSettings, 'sampler'>,
  counts: SpanCounts,
): SpanSink & Closable {
  const ids = new GivenIds();
  const sdk = new NodeSDK({
    serviceName: service,
    resource: resources.defaultResource().merge(resources.resourceFromAttributes(resource)),
    autoDetectResources: false,
    sampler: new AlwaysOnSampler(),
    idGenerator: ids,
    spanProcessors: [new BoundedSpanProcessor(otlpExport(collector), limits, counts)],
    textMapPropagator: null,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const tracerOf = (room: string): api.Tracer => api.trace.getTracer(`medserve.${room}`);
  const spans = new SdkSpans(
    {
      gateway: tracerOf('gateway'),
      router: tracerOf('router'),
      inference: tracerOf('inference'),
      recorder: tracerOf('recorder'),
    },
    ids,
  );
  // Nobody else makes spans by way of it: what they are called and tell would be of no list of ours.
  api.trace.disable();
  api.context.disable();
  return {
    add: (span) => {
      spans.add(span);
    },
    close: async () => {
      await sdk.shutdown();
      api.diag.disable();
    },
  };
}
