import type { BatchCandidate } from './form-batch';
import { expectedRunMs, type RunTimes } from './run-times';

/** So long at most is a turn of several runs expected to take. */
const TURN_MS = 1;

/**
 * Of a model whose requests run alone: who goes to the thread in the same turn as the first. To wake a thread and to be woken by it
 * costs more than a short run, so that as many go along as are answered within a moment; no urgent request waits longer for that than
 * the moment. Nobody goes along whose run takes longer than is known, or would end too late: these are for the next turn to judge.
 *
 * @param waiting in queue order, without the first.
 */
export function goAlong<T extends BatchCandidate>(
  first: readonly T[],
  waiting: Iterable<T>,
  times: RunTimes,
  nowMs: number,
): T[] {
  const msOf = (cost: number): number => expectedRunMs(times, cost) ?? Number.POSITIVE_INFINITY;
  const along: T[] = [];
  let ms = msOf(first.reduce((sum, { cost }) => sum + cost, 0));
  for (const candidate of waiting) {
    ms += msOf(candidate.cost);
    if (ms > TURN_MS || nowMs + ms > candidate.deadlineAtMs) break;
    along.push(candidate);
  }
  return along;
}
