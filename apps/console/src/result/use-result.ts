import { useQuery } from '@tanstack/react-query';
import { ApiError, callJson, type Problem } from '../api';
import { readResult, type Result } from './read-result';

/** Of a request that is under way. Whatever the platform does not know is absent. */
export interface Progress {
  readonly phase?: string;
  readonly percent?: number;
  readonly expectedMs?: number;
}

export type ResultState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'running'; readonly progress: Progress }
  | { readonly kind: 'ended'; readonly result: Result }
  /** With the problem that it ended in, which is on record. */
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly error: unknown };

const ASK_AGAIN_MS = 1_000;

interface JobView extends Progress {
  readonly status: string;
}

/**
 * What became of a request: watched while it runs, and read once when it has ended, since every read of a result is on record. The
 * problem of a request names that request; that of a refused read names the read.
 */
export function useResult(id: string): ResultState {
  const read = useQuery({
    queryKey: ['result', id],
    queryFn: ({ signal }) => readResult(id, signal),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: (query) => query.state.data === undefined,
    refetchInterval: ({ state: { error } }) => (isStillRunning(error) ? ASK_AGAIN_MS : false),
  });
  const isRunning = isStillRunning(read.error);
  const watched = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => callJson<JobView>(`/v1/jobs/${encodeURIComponent(id)}`, { signal }),
    enabled: isRunning,
    refetchInterval: isRunning ? ASK_AGAIN_MS : false,
    retry: false,
  });
  const { data, error } = read;
  if (data !== undefined) return { kind: 'ended', result: data };
  if (isRunning) return { kind: 'running', progress: watched.data ?? {} };
  if (error === null) return { kind: 'loading' };
  if (error instanceof ApiError) {
    const { problem } = error;
    if (problem.requestId?.toLowerCase() === id.toLowerCase()) return { kind: 'failed', problem };
    if (problem.status === 404) return { kind: 'missing' };
  }
  return { kind: 'refused', error };
}

/** The platform says of what runs when to ask again; of what is not there it does not. */
const isStillRunning = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.status === 404 && error.retryAfterMs !== undefined;
