import { ApiError, problemOf } from '../api';
import { unreachable } from '../api/problem';
import type { AnswerBytes } from './check-request';

/**
 * The recorded bytes that a request ended with: its answer, or the problem that it ended in, which comes with a status of its own.
 * What is recorded is told apart from a refusal by the id that it comes with.
 *
 * @throws ApiError
 */
export async function fetchAnswer(requestId: string, signal: AbortSignal): Promise<AnswerBytes> {
  const headers = { accept: 'application/json' };
  const response = await fetch(`/v1/results/${encodeURIComponent(requestId)}`, { headers, signal }).catch(
    (cause: unknown) => {
      if (signal.aborted) throw cause;
      throw unreachable();
    },
  );
  if (response.headers.get('x-request-id') === requestId) return new Uint8Array(await response.arrayBuffer());
  if (response.status === 403) return 'answer-forbidden';
  if (response.status === 404 || response.status === 410) return 'answer-gone';
  throw new ApiError(problemOf(response.status, await response.json().catch(() => undefined)));
}
