import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readExportRequest, type Attribute, type ExportRequest } from './otlp';

/** A span as it was received. Times are nanoseconds since 1970. */
export interface CollectedSpan {
  readonly service: string;
  /** The part of the platform that made it. */
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Trace ids of the requests that it leads to. */
  readonly links: readonly string[];
  readonly isError: boolean;
}

/** How it answers: takes everything, refuses everything, or says nothing at all until it is closed. */
export type CollectorMood = 'takes' | 'refuses' | 'silent';

/** Takes traces by OTLP/HTTP on loopback, as a collector does, in either encoding, and keeps the bytes. */
export interface TelemetryCollector {
  readonly url: string;
  readonly received: readonly { readonly path: string; readonly body: Buffer }[];
  /** What was taken of traces. */
  spans(): readonly CollectedSpan[];
  mood: CollectorMood;
  close(): Promise<void>;
}

export async function startTelemetryCollector(mood: CollectorMood = 'takes'): Promise<TelemetryCollector> {
  const received: { path: string; body: Buffer }[] = [];
  const taken: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      received.push({ path: request.url ?? '', body });
      if (collector.mood === 'silent') return;
      if (collector.mood === 'refuses') {
        response.writeHead(503).end();
        return;
      }
      const contentType = request.headers['content-type'];
      if (request.url === '/v1/traces') taken.push(...spansOf(readExportRequest(body, contentType)));
      // An answer without a word means that all was taken.
      response.writeHead(200, { 'content-type': contentType }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector: TelemetryCollector = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    received,
    mood,
    spans: () => taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return collector;
}

const STATUS_ERROR = 2;

function spansOf({ resourceSpans }: ExportRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        service: String(valuesOf(resource.attributes)['service.name']),
        scope: scope.name,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        kind: span.kind,
        startNs: BigInt(span.startTimeUnixNano),
        endNs: BigInt(span.endTimeUnixNano),
        attributes: valuesOf(span.attributes),
        links: (span.links ?? []).map(({ traceId }) => traceId),
        isError: span.status?.code === STATUS_ERROR,
      })),
    ),
  );
}

const valuesOf = (attributes: readonly Attribute[]): Record<string, string | number> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? (value.intValue === undefined ? (value.doubleValue ?? NaN) : Number(value.intValue)),
    ]),
  );
