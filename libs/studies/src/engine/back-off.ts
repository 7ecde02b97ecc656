const FIRST_MS = 1_000;
const MOST_MS = 60_000;
/** A quota may ask for days, and be raised the next minute: nobody would come back and tell the study. */
const LONGEST_MS = 5 * 60_000;

/**
 * How long to wait before another attempt: twice as long each time, and up to half of it less, so that many that failed of one thing
 * do not come back at once.
 *
 * @param attempts in vain so far, from 1
 * @param atLeastMs what was asked for; five minutes of it are waited for at most
 */
export function backOffMs(attempts: number, random: () => number, atLeastMs = 0): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 16));
  return Math.max(Math.min(atLeastMs, LONGEST_MS), Math.round(most * (1 - random() / 2)));
}
