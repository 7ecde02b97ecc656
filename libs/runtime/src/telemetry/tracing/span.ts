import type { Fields } from '../fields';
import type { TraceContext } from './trace-context';

/** Every span there is, and the part of the platform that makes it. No name is made of what anybody sent. */
export const SPANS = {
  request: 'gateway',
  decode: 'gateway',
  recognise: 'gateway',
  accept: 'gateway',
  dispatch: 'gateway',
  complete: 'gateway',
  route: 'router',
  'queue wait': 'router',
  'cold start': 'router',
  infer: 'inference',
  'batch wait': 'inference',
  preprocess: 'inference',
  execution: 'inference',
  'first token': 'inference',
  read: 'inference',
  relay: 'recorder',
  'ledger append': 'recorder',
} as const;

export type SpanName = keyof typeof SPANS;
export type SpanRoom = (typeof SPANS)[SpanName];

/** Those of OpenTelemetry ("Tracing API", `SpanKind`). */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A span that has ended. Times are milliseconds since 1970, with their fractions. */
export interface Span {
  readonly name: SpanName;
  readonly kind: SpanKind;
  readonly context: TraceContext;
  readonly parentId: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  /** Sifted by the one list of fields when they are told. */
  readonly fields: Fields | undefined;
  readonly isError: boolean;
  readonly links: readonly TraceContext[];
}
