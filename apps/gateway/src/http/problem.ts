import { REASONS, ServingError, type Category, type Reason } from '@medserve/errors';

/** How the HTTP door spells a failure. A new category does not compile until it has a status here. */
const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  gone: 410,
  conflict: 409,
  method_not_allowed: 405,
  not_acceptable: 406,
  unsupported: 501,
  unsupported_media: 415,
  unprocessable: 422,
  too_large: 413,
  exhausted: 429,
  unavailable: 503,
  deadline: 504,
  cancelled: 499,
  upstream: 502,
  internal: 500,
} as const satisfies Record<Category, number>;

export const statusOf = (reason: Reason): number => STATUS[REASONS[reason].category];

export const PROBLEM_TYPE = 'application/problem+json';

/** A failure as a problem document (RFC 9457). `code` is stable; `remedy` says what to do next. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly limit?: string;
  readonly remedy: string;
  readonly requestId: string;
}

export function toProblem(error: ServingError, requestId: string): Problem {
  return {
    type: `urn:medserve:problem:${error.reason}`,
    title: error.title,
    status: statusOf(error.reason),
    code: error.reason,
    detail: error.message,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.limit === undefined ? {} : { limit: error.limit }),
    remedy: error.remedy,
    requestId,
  };
}

/** A problem as it was stored, and after how many milliseconds a retry makes sense, where it is not read from the record. */
interface StoredProblem {
  readonly bytes: Buffer;
  readonly retryAfterMs?: number | undefined;
}

/** Back from a problem that a request ended in to the error that it tells of, for doors that spell failures otherwise. */
export function errorOfProblem({ bytes, retryAfterMs }: StoredProblem): ServingError {
  const { code, detail, field, limit, remedy } = JSON.parse(bytes.toString('utf8')) as Problem;
  return new ServingError(Object.hasOwn(REASONS, code) ? (code as Reason) : 'internal', detail, {
    field,
    limit,
    remedy,
    retryAfterMs,
  });
}
