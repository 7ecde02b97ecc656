import type { RetrySettings } from '../destination-settings';
import type { Heard } from './hearing';

const HOUR_MS = 3_600_000;

/** To ask so often whether somebody is there again costs nobody anything, and who is there again does not wait long. */
export const MOST_REST_MS = 30_000;

/** Where a delivery stands after an attempt that may be repeated. */
export interface Tried {
  /** All of them. */
  readonly attempts: number;
  /** Attempts that the receiver answered with no, and those that it left unanswered while it took others. */
  readonly answered: number;
  /** What the last one says of the destination. */
  readonly heard: Heard;
  /** Since it was first to be sent, or was requeued. */
  readonly ageMs: number;
}

/** In milliseconds from now; `over` where it is not tried any more. */
export type NextAttempt = { readonly inMs: number } | 'over';

/**
 * When to try again: exponential back-off with full jitter, so that what failed together does not come back together. A receiver that says
 * how long to stay away is not asked earlier.
 *
 * @param random from [0, 1)
 * @see M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 */
export function nextAttempt(policy: RetrySettings, tried: Tried, random: number, atLeastMs = 0): NextAttempt {
  const { answered, ageMs } = tried;
  if (answered >= policy.maxAttempts) return 'over';
  const inMs = Math.max(random * ceilingOf(policy, tried), atLeastMs);
  return ageMs + inMs > policy.maxAgeHours * HOUR_MS ? 'over' : { inMs };
}

function ceilingOf(policy: RetrySettings, { attempts, answered, heard }: Tried): number {
  switch (heard) {
    case 'answer':
    case 'passed_over':
      return ceiling(policy, answered);
    case 'nothing':
      return ceiling(policy, attempts);
    case 'down':
      // What waited for it goes soon when it is back, however long that took.
      return Math.min(ceiling(policy, attempts), MOST_REST_MS);
  }
}

/** No jitter brings the wait above it. @param failures how many came one after the other */
export const ceiling = ({ baseMs, mostMs }: RetrySettings, failures: number): number =>
  Math.min(mostMs, baseMs * 2 ** Math.min(Math.max(failures - 1, 0), 40));
