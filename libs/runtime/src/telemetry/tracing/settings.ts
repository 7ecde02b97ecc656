import { accessSync, constants } from 'node:fs';
import { z } from 'zod';
import { loadSettings } from '../../settings/load-settings';
import { SAMPLERS, type SamplerRules } from './sampler';
import type { QueueLimits } from './span-processor';

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const isHttp = (url: string): boolean => /^https?:$/.test(URL.parse(url)?.protocol ?? '');
const url = z.string().refine(isHttp, 'a URL of http or https is wanted').optional();

/** gRPC is left to one library of ours (libs/rpc), and has another port at the collector. */
const protocol = z
  .enum(
    ['http/protobuf', 'http/json'],
    'http/protobuf or http/json is wanted, with the collector’s port for OTLP/HTTP: spans are not sent by gRPC',
  )
  .optional();
const compression = z.enum(['none', 'gzip'], 'none or gzip is wanted').optional();
/** The SDK would go on without what it cannot read. */
const file = z.string().refine(isReadable, 'a file that can be read is wanted').optional();

/** `key=value,key=value`, percent-encoded (W3C Baggage, as OpenTelemetry's variables have it). */
const pairs = z
  .string()
  .default('')
  .transform((text, context) => {
    const found: Record<string, string> = {};
    for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
      const at = pair.indexOf('=');
      try {
        if (at < 1) throw new URIError();
        found[pair.slice(0, at).trim()] = decodeURIComponent(pair.slice(at + 1).trim());
      } catch {
        context.addIssue({ code: 'custom', message: 'pairs like key=value are wanted, with commas between them' });
      }
    }
    return found;
  });

/** The standard variables (OpenTelemetry specification, "Environment Variable Specification") that are heard, and one of ours. */
const tracingSettings = z.object({
  OTEL_SDK_DISABLED: z.stringbool().default(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'only otlp and none are known').default('otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_HEADERS: pairs,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: pairs,
  OTEL_EXPORTER_OTLP_TIMEOUT: count(1, 60_000).default(10_000),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: count(1, 60_000).optional(),
  // These are only checked here: the SDK reads them.
  OTEL_EXPORTER_OTLP_COMPRESSION: compression,
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression,
  OTEL_EXPORTER_OTLP_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_CLIENT_KEY: file,
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: file,
  OTEL_RESOURCE_ATTRIBUTES: pairs,
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS, `one of ${SAMPLERS.join(', ')} is wanted`).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_BSP_MAX_QUEUE_SIZE: count(1, 65_536).default(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count(1, 4_096).default(512),
  OTEL_BSP_SCHEDULE_DELAY: count(1, 60_000).default(5_000),
  OTEL_BSP_EXPORT_TIMEOUT: count(1, 60_000).default(30_000),
  /** Traces a second that are kept because a caller said so. */
  MEDSERVE_TRACED_CALLERS_PER_S: z.coerce.number().min(0).max(10_000).default(10),
});

export interface Collector {
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Of traces: with its path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For one export with what is tried again, and for silence. */
  readonly timeoutMs: number;
  /** For one export at all. */
  readonly patienceMs: number;
}

/** What is told of when the process ends waits no longer than this for a collector. */
const FAREWELL_MS = 2_000;

export interface TracingSettings {
  readonly collector: Collector;
  readonly service: string;
  /** What the operator wrote of the process. Neither its command line nor its host is looked for. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerRules;
  readonly limits: QueueLimits;
}

/**
 * Whether and where traces go; undefined: nowhere.
 *
 * @throws SettingsError
 */
export function tracingSettingsOf(service: string, environment: NodeJS.ProcessEnv): TracingSettings | undefined {
  const given = setIn(environment);
  if (ENDPOINTS.every((name) => given[name] === undefined)) return undefined;
  const settings = loadSettings(tracingSettings, given);
  const endpoint = tracesUrl(settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  if (endpoint === undefined || settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === 'none')
    return undefined;
  return {
    collector: {
      protocol: settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf',
      url: endpoint,
      headers: { ...settings.OTEL_EXPORTER_OTLP_HEADERS, ...settings.OTEL_EXPORTER_OTLP_TRACES_HEADERS },
      timeoutMs: settings.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? settings.OTEL_EXPORTER_OTLP_TIMEOUT,
      patienceMs: settings.OTEL_BSP_EXPORT_TIMEOUT,
    },
    service: settings.OTEL_SERVICE_NAME ?? `medserve-${service}`,
    resource: settings.OTEL_RESOURCE_ATTRIBUTES,
    sampler: {
      sampler: settings.OTEL_TRACES_SAMPLER,
      ratio: settings.OTEL_TRACES_SAMPLER_ARG,
      callersPerSecond: settings.MEDSERVE_TRACED_CALLERS_PER_S,
    },
    limits: {
      queue: settings.OTEL_BSP_MAX_QUEUE_SIZE,
      batch: Math.min(settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, settings.OTEL_BSP_MAX_QUEUE_SIZE),
      delayMs: settings.OTEL_BSP_SCHEDULE_DELAY,
      farewellMs: FAREWELL_MS,
    },
  };
}

/** Without either nothing else is looked at: other variables of OpenTelemetry may be meant for others. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

/** An empty variable counts as none (the same specification, "Parsing empty value"). */
const setIn = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));

/** The one of traces is taken as it is; the one for all signals gets their path (OTLP exporter specification). */
const tracesUrl = (ofTraces: string | undefined, ofAll: string | undefined): string | undefined =>
  ofTraces ?? (ofAll === undefined ? undefined : `${ofAll.replace(/\/$/, '')}/v1/traces`);
