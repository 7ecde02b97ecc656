/** What a field may hold. A value of another shape is dropped like a field that nobody declared. */
const SHAPES = {
  /** Ids that we made. */
  id: (value: unknown) => typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(value),
  /** Names that we or operators gave. */
  word: (value: unknown) => typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/.test(value),
  /** A model is called what its folder is. */
  name: (value: unknown) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,128}$/u.test(value),
  /** A file or folder of the operator's. */
  path: (value: unknown) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,1024}$/u.test(value),
  /** `host:port`, also of IPv6. */
  address: (value: unknown) => typeof value === 'string' && /^[A-Za-z0-9.:[\]%_/-]{1,255}$/.test(value),
  number: (value: unknown) => typeof value === 'number' && Number.isFinite(value),
} as const;

type Shape = keyof typeof SHAPES;

/**
 * Everything that a log line or a span may tell, by name. What is not here is not told, whoever passes it: neither pixels, prompts,
 * names nor identifiers of a patient can slip in by way of a convenient object.
 */
export const FIELDS = {
  requestId: 'id',
  reason: 'word',
  outcome: 'word',
  task: 'word',
  modality: 'word',
  model: 'name',
  modelVersion: 'word',
  service: 'word',
  tenant: 'word',
  /** Where results go, as the operator named it. */
  destination: 'word',
  address: 'address',
  /** Of a model host; `pid` is the process that logs. */
  hostPid: 'number',
  signal: 'word',
  exitCode: 'number',
  durationMs: 'number',
  count: 'number',
  bytes: 'number',
  path: 'path',
  /** Of a request that is traced: 32 hex digits (OpenTelemetry, "Trace Context in non-OTLP Log Formats"). */
  trace_id: 'id',
  /* The rest are words of the semantic conventions of OpenTelemetry. The route is a pattern of ours, not the path that was asked for. */
  'http.request.method': 'word',
  'http.route': 'path',
  'http.response.status_code': 'number',
  'rpc.method': 'path',
} as const satisfies Record<string, Shape>;

export type FieldName = keyof typeof FIELDS;

/** Fields with values of their shapes. */
export type Fields = {
  readonly [Name in FieldName]?: (typeof FIELDS)[Name] extends 'number' ? number : string;
};

export interface Sifted {
  readonly told: Readonly<Record<string, unknown>>;
  /** How many were not declared or had another shape. */
  readonly dropped: number;
}

const isDeclared = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);

/** What of the fields may be told. Absent ones are neither told nor dropped. */
export function sift(fields: object): Sifted {
  const told: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined) continue;
    if (isDeclared(name) && SHAPES[FIELDS[name]](value)) told[name] = value;
    else dropped += 1;
  }
  return { told, dropped };
}
