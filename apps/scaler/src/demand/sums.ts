import type { PoolDemand, PoolTotals, WaitingRequests } from '@medserve/contracts';

const sumOf = (parts: readonly (number | undefined)[]): number =>
  parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);

/** Of all routers together; one of a version that does not tell counts as none. */
export const sumOfWaiting = (told: readonly PoolDemand[]): WaitingRequests => ({
  stat: sumOf(told.map(({ waiting }) => waiting?.stat)),
  urgent: sumOf(told.map(({ waiting }) => waiting?.urgent)),
  routine: sumOf(told.map(({ waiting }) => waiting?.routine)),
  research: sumOf(told.map(({ waiting }) => waiting?.research)),
});

/** @see sumOfWaiting */
export const sumOfTotals = (told: readonly PoolDemand[]): PoolTotals => ({
  answered: sumOf(told.map(({ totals }) => totals?.answered)),
  invalid: sumOf(told.map(({ totals }) => totals?.invalid)),
  refused: sumOf(told.map(({ totals }) => totals?.refused)),
  failed: sumOf(told.map(({ totals }) => totals?.failed)),
  cancelled: sumOf(told.map(({ totals }) => totals?.cancelled)),
  cold: sumOf(told.map(({ totals }) => totals?.cold)),
});
