import { Sensitive, type PatientIdentity } from '@medserve/clinical';
import { ServingError, type Reason } from '@medserve/errors';
import type { DecodedStudy } from './decode-study';
import type { DecodeLimits } from './limits';

/** What crosses to a decode worker. The buffers are moved, not copied. */
export interface DecodeCall {
  readonly files: readonly { readonly bytes: Uint8Array; readonly mediaType: string | undefined }[];
  readonly limits: DecodeLimits;
}

/** What comes back. */
export type DecodeReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'decoded'; readonly study: PlainStudy }
  | { readonly kind: 'refused'; readonly error: PlainError };

/** A study as plain data: what is sensitive crosses threads only where somebody says so, which is here. */
export interface PlainStudy extends Omit<DecodedStudy, 'identity'> {
  readonly identity?: { readonly [K in keyof PatientIdentity]: string };
}

export function toPlainStudy({ identity, ...study }: DecodedStudy): PlainStudy {
  if (identity === undefined) return study;
  const told = Object.entries(identity).map(([name, value]: [string, Sensitive<string>]) => [
    name,
    value.reveal('transfer'),
  ]);
  return { ...study, identity: Object.fromEntries(told) as NonNullable<PlainStudy['identity']> };
}

export function fromPlainStudy({ identity, ...study }: PlainStudy): DecodedStudy {
  if (identity === undefined) return study;
  const wrapped = Object.entries(identity).map(([name, value]) => [name, new Sensitive(value)]);
  return { ...study, identity: Object.fromEntries(wrapped) as PatientIdentity };
}

/** A `ServingError` as plain data: structured cloning would keep no more of it than its text. */
export interface PlainError {
  readonly reason: Reason;
  readonly detail: string;
  readonly field: string | undefined;
  readonly limit: string | undefined;
  readonly remedy: string;
  readonly retryAfterMs: number | undefined;
  /** The text of the cause, for the log. */
  readonly cause: string | undefined;
}

export function toPlain(error: ServingError): PlainError {
  const { reason, message: detail, field, limit, remedy, retryAfterMs, cause } = error;
  return { reason, detail, field, limit, remedy, retryAfterMs, cause: textOf(cause) };
}

function textOf(cause: unknown): string | undefined {
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
  return typeof cause === 'string' || typeof cause === 'number' ? String(cause) : undefined;
}

export function fromPlain({ reason, detail, ...data }: PlainError): ServingError {
  return new ServingError(reason, detail, data);
}
