import { leastMsPerCost, leastRunMs, type RunTimes } from './run-times';

/** What an arrival finds. */
export interface Backlog {
  /** Cost of what is served before it. */
  readonly costAhead: number;
  readonly instances: number;
  /** How long the runs under way have been going and what they cost; fewer than `instances`: one is free. */
  readonly running: readonly { readonly forMs: number; readonly cost: number }[];
}

/**
 * How long an arrival waits before it runs when all goes right: the work ahead of it in the best size of run, shared by all
 * instances, from when the first of them is free.
 *
 * @returns `undefined` before there were a few runs to learn from.
 */
export function predictWaitMs({ costAhead, instances, running }: Backlog, times: RunTimes): number | undefined {
  const msPerCost = leastMsPerCost(times);
  if (msPerCost === undefined) return undefined;
  const left = running.map(({ forMs, cost }) => Math.max(0, leastRunMs(times, cost) - forMs));
  const freeInMs = running.length < instances ? 0 : Math.min(...left);
  return freeInMs + (costAhead * msPerCost) / Math.max(instances, 1);
}

/**
 * Whether a request could still be answered in time. What finds nobody before it always can, as far as anyone knows: what was
 * learned may be out of date, and only a run can tell.
 */
export function canBeAnswered(
  { cost, leftMs }: { readonly cost: number; /** Of its deadline. */ readonly leftMs: number },
  backlog: Backlog,
  times: RunTimes,
): boolean {
  if (backlog.costAhead === 0 && backlog.running.length < backlog.instances) return true;
  const waitMs = predictWaitMs(backlog, times);
  return waitMs === undefined || waitMs + leastRunMs(times, cost) <= leftMs;
}
