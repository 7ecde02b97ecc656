import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { core } from '@opentelemetry/sdk-node';
import type { Collector } from './settings';
import type { SpanExport } from './span-processor';

const EXPORTERS = { 'http/protobuf': ProtobufExporter, 'http/json': JsonExporter } as const;

/**
 * The SDK's exporter of the protocol that is wanted. It tries again, until its time is over, where the collector asks for it (429,
 * 502, 503, 504) or cannot be reached; certificates and compression it reads from the standard variables itself.
 */
export function otlpExport({ protocol, url, headers, timeoutMs, patienceMs }: Collector): SpanExport {
  const exporter = new EXPORTERS[protocol]({ url, headers, timeoutMillis: timeoutMs });
  const rejections = new Rejections();
  return (spans) =>
    new Promise((resolve, reject) => {
      // The exporter's own time is that of a silent socket: an answer that trickles in has none.
      const late = setTimeout(reject, patienceMs, new Error('the collector takes too long to answer')).unref();
      exporter.export(spans, ({ code, error }) => {
        clearTimeout(late);
        if (code === core.ExportResultCode.SUCCESS) resolve({ rejected: Math.min(spans.length, rejections.take()) });
        else reject(error ?? new Error('the collector took nothing'));
      });
    });
}

const PARTIAL_SUCCESS = 'Received Partial Success response:';

/** How many spans a collector took the request of, but not them: the SDK says it in its diagnostics only, right before it says that it was a success. */
class Rejections {
  private count = 0;

  constructor() {
    const warn = (message: string, partialSuccess?: unknown): void => {
      if (message === PARTIAL_SUCCESS) this.count += rejectedOf(partialSuccess);
    };
    const quiet = (): void => undefined;
    diag.setLogger(
      { warn, error: quiet, info: quiet, debug: quiet, verbose: quiet },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  }

  take(): number {
    const { count } = this;
    this.count = 0;
    return count;
  }
}

/** @param partialSuccess `ExportTracePartialSuccess` as JSON, in which a 64-bit number may be text */
function rejectedOf(partialSuccess: unknown): number {
  const { rejectedSpans = 0 } = JSON.parse(String(partialSuccess)) as { rejectedSpans?: string | number };
  const rejected = Number(rejectedSpans);
  return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
}
