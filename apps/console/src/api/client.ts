import { ApiError, problemOf, unreachable } from './problem';
import { hearServerTime } from './server-clock';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Calls back when the platform says that nobody is signed in any more. */
export type OnSignedOut = () => void;

let onSignedOut: OnSignedOut = () => undefined;

/** Who hears that a session has ended: the shell, which asks for a new one without leaving the page. */
export function hearSignedOut(listener: OnSignedOut): void {
  onSignedOut = listener;
}

/** Asks the platform; the answer may be of any kind. @throws ApiError; what the signal was aborted with */
export async function call(
  path: string,
  { method = 'GET', query, json, body, headers, signal }: Call = {},
): Promise<Response> {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') address.searchParams.set(name, String(value));
  }
  const response = await fetch(address, {
    method,
    credentials: 'same-origin',
    signal: signal ?? null,
    headers: {
      accept: 'application/json',
      // A page of another origin cannot send it without asking first, and is refused.
      ...(method === 'GET' ? {} : { 'x-medserve-csrf': '1' }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: json === undefined ? (body ?? null) : JSON.stringify(json),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw unreachable();
  });
  if (response.ok) return response;
  const problem = problemOf(response.status, await response.json().catch(() => undefined));
  if (response.status === 401) onSignedOut();
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  throw new ApiError(problem, Number.isFinite(seconds) ? seconds * 1_000 : undefined);
}

/** Asks for a document. @throws ApiError */
export async function callJson<T>(path: string, options?: Call): Promise<T> {
  const response = await call(path, options);
  // Documents are not kept by caches; tiles of the log, which are, come by `call`.
  hearServerTime(response.headers.get('date'));
  return (response.status === 204 ? undefined : await response.json()) as T;
}
