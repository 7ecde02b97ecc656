import { REASONS, type Category, type Reason } from './reasons';

export interface ServingErrorData {
  /** The request field at fault, as the caller spells it. */
  readonly field?: string | undefined;
  /** The limit that was hit, as "name: value unit". */
  readonly limit?: string | undefined;
  readonly remedy?: string | undefined;
  /** After this time a retry makes sense, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Of a run that was lost, and not through its input: the host that had it died, or the way to it broke. */
export const RUN_LOST = {
  remedy: 'Send the request again; if it fails again, tell the operator the request id.',
  retryAfterMs: 1_000,
} as const satisfies ServingErrorData;

/**
 * A failure that a caller can be told about. `detail` is shown to the caller, so it never holds what the caller's
 * image or patient holds, nor paths or addresses of ours; the original error travels as `cause`, for the log only.
 */
export class ServingError extends Error {
  readonly reason: Reason;
  readonly field: string | undefined;
  readonly limit: string | undefined;
  readonly remedy: string;
  readonly retryAfterMs: number | undefined;

  constructor(reason: Reason, detail: string, data: ServingErrorData = {}) {
    super(detail, data.cause === undefined ? undefined : { cause: data.cause });
    this.name = 'ServingError';
    const entry: { remedy: string; retryAfterMs?: number } = REASONS[reason];
    this.reason = reason;
    this.field = data.field;
    this.limit = data.limit;
    this.remedy = data.remedy ?? entry.remedy;
    this.retryAfterMs = data.retryAfterMs ?? entry.retryAfterMs;
  }

  get category(): Category {
    return REASONS[this.reason].category;
  }

  get title(): string {
    return REASONS[this.reason].title;
  }
}

/** Kinds that are our fault, which HTTP tells by a status of 500 and above: of the others the caller knows what to do, or went away. */
const OURS: ReadonlySet<Category> = new Set(['internal', 'upstream', 'unavailable', 'deadline']);

/** Whether a failure is a fault of ours, and no answer to what the caller did. @param reason what is unknown is a fault */
export const isFault = (reason: string): boolean =>
  !Object.hasOwn(REASONS, reason) || OURS.has(REASONS[reason as Reason].category);

/** Turns whatever was thrown into a `ServingError`: what is unknown becomes `internal`, its text kept from the caller. */
export function toServingError(thrown: unknown): ServingError {
  if (thrown instanceof ServingError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new ServingError('cancelled', 'The request was cancelled.', { cause: thrown });
  }
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return new ServingError('deadline_exceeded', 'The deadline passed.', { cause: thrown });
  }
  return new ServingError('internal', 'An unexpected error occurred.', { cause: thrown });
}
