import type { MeasuredScore } from './model-types';

/** Scores that were measured on the same data. */
export interface ScoreGroup {
  readonly data: string;
  readonly scores: readonly MeasuredScore[];
}

export const groupScores = (scores: readonly MeasuredScore[]): readonly ScoreGroup[] =>
  [...Map.groupBy(scores, ({ data }) => data)].map(([data, found]) => ({ data, scores: found }));

/** Where a score stands on the axis from 0 to 1. */
export interface Mark {
  readonly at: number;
  readonly low?: number;
  readonly high?: number;
}

const bounded = (share: number): number => Math.min(1, Math.max(0, share));

/** @returns undefined for what is no share and so has no place on that axis */
export function markOf({ value, low, high, unit }: MeasuredScore): Mark | undefined {
  if (unit !== undefined || !Number.isFinite(value)) return undefined;
  const at = bounded(value);
  return low === undefined || high === undefined ? { at } : { at, low: bounded(low), high: bounded(high) };
}
