import type { RetrySettings } from '../destinations/destination-settings';

const HOUR_MS = 3_600_000;

/** Where a delivery stands after an attempt that may be repeated. */
export interface Tried {
  /** Attempts that the receiver answered, and answered with no. */
  readonly answered: number;
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
export function nextAttempt(
  policy: RetrySettings,
  { answered, ageMs }: Tried,
  random: number,
  atLeastMs = 0,
): NextAttempt {
  if (answered >= policy.maxAttempts) return 'over';
  const inMs = Math.max(random * ceiling(policy, answered), atLeastMs);
  return ageMs + inMs > policy.maxAgeHours * HOUR_MS ? 'over' : { inMs };
}

/** No jitter brings the wait above it. @param failures how many came one after the other */
export const ceiling = ({ baseMs, mostMs }: RetrySettings, failures: number): number =>
  Math.min(mostMs, baseMs * 2 ** Math.min(Math.max(failures - 1, 0), 40));
