import { ApiError, call, problemOf } from '../api';
import { unreachable } from '../api/problem';

export interface Sent {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export interface Sending {
  readonly files: readonly File[];
  /** The part `request`. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onSent?: (sent: Sent) => void;
}

/** Statuses of refusals that are about the files, not about who asks or when. */
export const ABOUT_FILES: readonly number[] = [400, 413, 415, 422];

/** A file on the disk was changed, or taken away, after it was chosen. */
export class FileGoneError extends Error {
  override readonly name = 'FileGoneError';
}

/**
 * Sends files with a request as a form, and tells how far that is: `fetch` cannot.
 *
 * @throws ApiError; FileGoneError; what the signal was aborted with
 */
export async function sendFiles(path: string, sending: Sending): Promise<Response> {
  sending.signal.throwIfAborted();
  const response = await post(path, sending);
  if (response === undefined) {
    await checkReadable(sending.files);
    throw unreachable();
  }
  if (response.ok) return response;
  // Asked in the usual way, so that the shell hears that nobody is signed in any more.
  if (response.status === 401) await call('/v1/me');
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  throw new ApiError(
    problemOf(response.status, await response.json().catch(() => undefined)),
    Number.isFinite(seconds) ? seconds * 1_000 : undefined,
  );
}

function formOf({ files, request }: Sending): FormData {
  const form = new FormData();
  form.append('request', new Blob([JSON.stringify(request)], { type: 'application/json' }), 'request');
  for (const file of files) {
    // Names may be those of patients, and types are guesses from names: neither is sent. The platform looks at the bytes.
    form.append('file', file.slice(0, file.size), 'file');
  }
  return form;
}

/** Resolves with undefined where there is no connection. */
function post(path: string, sending: Sending): Promise<Response | undefined> {
  const { signal, headers, onSent } = sending;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => {
      request.abort();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    request.open('POST', path);
    request.responseType = 'blob';
    for (const [name, value] of Object.entries({ accept: 'application/json', 'x-medserve-csrf': '1', ...headers }))
      request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onSent?.({ sentBytes: loaded, totalBytes: total });
    request.onload = () => {
      resolve(new Response(request.response as Blob, { status: request.status, headers: headersOf(request) }));
    };
    request.onerror = () => {
      resolve(undefined);
    };
    request.onloadend = () => {
      signal.removeEventListener('abort', abort);
    };
    request.send(formOf(sending));
  });
}

function headersOf(request: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split('\r\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return headers;
}

/** A connection also fails where a file cannot be read: then no waiting helps. */
async function checkReadable(files: readonly File[]): Promise<void> {
  for (const file of files) {
    await file
      .slice(0, 1)
      .arrayBuffer()
      .catch((cause: unknown) => {
        throw new FileGoneError('A file cannot be read any more.', { cause });
      });
  }
}
