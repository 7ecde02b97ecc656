/** What the platform says of a request that it did not answer (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly limit?: string;
  readonly remedy?: string;
  readonly requestId?: string;
}

/** A refusal of the platform, or the news that it could not be reached: then the status is 0. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly problem: Problem,
    /** How long to wait before asking again, where the platform said so. */
    readonly retryAfterMs?: number,
  ) {
    super(problem.detail);
  }

  get isUnreachable(): boolean {
    return this.problem.status === 0;
  }
}

export const unreachable = (): ApiError =>
  new ApiError({ title: '', status: 0, code: 'unreachable', detail: '', remedy: '' });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads a refusal, whichever protocol's form it has; one that has none is told by its status. */
export function problemOf(status: number, body: unknown): Problem {
  const found = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const { error } = found;
  const inner = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  const optional = (name: 'field' | 'limit' | 'remedy' | 'requestId') => {
    const value = found[name];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  return {
    title: text(found['title']),
    status,
    code: text(found['code']) || text(inner['code']) || String(status),
    detail: text(found['detail']) || text(inner['message']) || text(error),
    ...optional('field'),
    ...optional('limit'),
    ...optional('remedy'),
    ...optional('requestId'),
  };
}
