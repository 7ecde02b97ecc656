import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { callJson } from '../api';
import type { ModelStatistics } from './batches';
import { withSample, type History } from './history';
import type { Pools } from './pool';

const LOOK_EVERY_MS = 2_000;
const STATISTICS_EVERY_MS = 10_000;

export interface PoolsSeen {
  readonly pools: Pools | undefined;
  /** What was seen since the page was opened. */
  readonly history: History;
  readonly statistics: readonly ModelStatistics[];
  readonly error: unknown;
}

/** The pools as they are, looked at again and again while the page is seen, and how they were since it was opened. */
export function usePools(): PoolsSeen {
  const [history, setHistory] = useState<History>(new Map());
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['pools'],
    queryFn: ({ signal }) => callJson<Pools>('/v1/pools', { signal }),
    refetchInterval: LOOK_EVERY_MS,
    placeholderData: keepPreviousData,
  });
  const statistics = useQuery({
    queryKey: ['model-statistics'],
    queryFn: ({ signal }) => callJson<{ model_stats: readonly ModelStatistics[] }>('/v2/models/stats', { signal }),
    refetchInterval: STATISTICS_EVERY_MS,
  });
  useEffect(() => {
    if (data !== undefined) setHistory((before) => withSample(before, data.data, dataUpdatedAt));
  }, [data, dataUpdatedAt]);
  return { pools: data, history, statistics: statistics.data?.model_stats ?? [], error };
}
