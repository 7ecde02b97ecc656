const COARSE_FROM_MS = 1_000;
const GRAIN_MS = 100;
/** What Node's timers can hold; a longer deadline is as good as none. */
const LONGEST_MS = 0x7fffffff;

/**
 * A timer for a deadline, which nearly always is cleared long before it fires. Node keeps timers of one duration in one list
 * and the lists in a heap: were every deadline a millisecond off the last one, each would be a list of its own. From a second
 * on a deadline may therefore be told up to a tenth of a second late.
 */
export function startDeadline(deadlineMs: number, onPassed: () => void): NodeJS.Timeout {
  const wantedMs = Math.max(deadlineMs, 0);
  const ms = wantedMs < COARSE_FROM_MS ? wantedMs : Math.ceil(wantedMs / GRAIN_MS) * GRAIN_MS;
  return setTimeout(onPassed, Math.min(ms, LONGEST_MS));
}
