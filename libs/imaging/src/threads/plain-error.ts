import { ServingError, type Reason } from '@medserve/errors';

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
