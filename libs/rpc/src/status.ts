import { Metadata, status, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { ServingError, toServingError, type Category, type Reason } from '@medserve/errors';
import { isReason } from './frame/failure-frame';

const STATUS = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  gone: status.NOT_FOUND,
  conflict: status.ABORTED,
  method_not_allowed: status.UNIMPLEMENTED,
  not_acceptable: status.FAILED_PRECONDITION,
  unsupported: status.UNIMPLEMENTED,
  unsupported_media: status.INVALID_ARGUMENT,
  unprocessable: status.FAILED_PRECONDITION,
  too_large: status.RESOURCE_EXHAUSTED,
  exhausted: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  deadline: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  // "The client should retry at a higher level" (grpc/statuscodes.md).
  upstream: status.ABORTED,
  internal: status.INTERNAL,
} as const satisfies Record<Category, status>;

/** For statuses that came without our trailers: from grpc-js itself or from a stranger. */
const REASON_BY_STATUS: Partial<Record<status, Reason>> = {
  [status.CANCELLED]: 'cancelled',
  [status.INVALID_ARGUMENT]: 'invalid_request',
  [status.DEADLINE_EXCEEDED]: 'deadline_exceeded',
  [status.NOT_FOUND]: 'not_found',
  [status.PERMISSION_DENIED]: 'forbidden',
  [status.UNAUTHENTICATED]: 'unauthenticated',
  [status.RESOURCE_EXHAUSTED]: 'too_large',
  [status.UNAVAILABLE]: 'unavailable',
};

/** Metadata values are printable ASCII; whatever else a text holds is replaced. */
const printable = (text: string) => text.replace(/[^ -~]/g, '?');

/** The gRPC status of an error, with its data in the trailers. `trailers` are added, such as a request id. */
export function toStatus(thrown: unknown, trailers: Readonly<Record<string, string>> = {}): StatusObject {
  const error = toServingError(thrown);
  const metadata = new Metadata();
  const entries = {
    'medserve-reason': error.reason,
    'medserve-field': error.field,
    'medserve-limit': error.limit,
    'medserve-remedy': error.remedy,
    'retry-after-ms': error.retryAfterMs?.toString(),
    ...trailers,
  };
  for (const [key, value] of Object.entries(entries)) {
    if (value !== undefined) metadata.set(key, printable(value));
  }
  return { code: STATUS[error.category], details: error.message, metadata };
}

const isServiceError = (thrown: unknown): thrown is ServiceError =>
  thrown instanceof Error && 'code' in thrown && 'metadata' in thrown && thrown.metadata instanceof Metadata;

/** The error behind a failed call: what our server threw, or the nearest reason for a status of other origin. */
export function fromStatus(thrown: unknown): ServingError {
  if (!isServiceError(thrown)) return toServingError(thrown);
  const text = (key: string) => thrown.metadata.get(key)[0]?.toString();
  const told = text('medserve-reason');
  if (told === undefined || !isReason(told)) {
    const reason = REASON_BY_STATUS[thrown.code] ?? 'internal';
    return new ServingError(reason, 'A part of the platform did not answer as it should.', { cause: thrown });
  }
  const retryAfter = Number(text('retry-after-ms'));
  return new ServingError(told, thrown.details, {
    field: text('medserve-field'),
    limit: text('medserve-limit'),
    remedy: text('medserve-remedy'),
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter : undefined,
    cause: thrown,
  });
}
