import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api';

const PATIENCE = 3;

/** What is worth asking for again: what a restart, or a moment, may mend. */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiError && (error.isUnreachable || error.problem.status >= 500 || error.problem.status === 429);

/**
 * Without a network it is tried all the same: then the page says so instead of loading for ever, and nothing that somebody ordered
 * is done later, when they may want it no more.
 */
const NETWORK = { networkMode: 'always' } as const;

/** How pages ask: refusals stand, what may pass is asked for again, later each time. */
export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        ...NETWORK,
        // Not by itself where the mode is this one.
        refetchOnReconnect: true,
        retry: (failures, error) => failures < PATIENCE && mayPass(error),
        retryDelay: (attempt, error) =>
          Math.min(10_000, (error instanceof ApiError ? error.retryAfterMs : undefined) ?? 500 * 2 ** attempt),
        refetchOnWindowFocus: true,
        staleTime: 2_000,
      },
      mutations: NETWORK,
    },
  });
