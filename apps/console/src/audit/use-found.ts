import { useInfiniteQuery } from '@tanstack/react-query';
import { callJson } from '../api';
import type { AuditPage } from './entry';
import { bodyOf, type AuditSearch, type PatientWish } from './search';

const PAGE = 50;

/** What a page of the console looks for. */
export interface Wanted {
  readonly search: AuditSearch;
  readonly patient: PatientWish;
  /** Counts the searches: the key of what is kept names no patient. */
  readonly round: number;
}

/** The entries that were found, page after page. Each reading is on record: nothing is asked for twice by itself. */
export function useFound({ search, patient, round }: Wanted) {
  return useInfiniteQuery({
    queryKey: ['audit-found', search, round],
    queryFn: ({ pageParam, signal }) =>
      callJson<AuditPage>('/v1/audit/search', {
        method: 'POST',
        json: bodyOf(search, patient, PAGE, pageParam),
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
