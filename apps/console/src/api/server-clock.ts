/** Less than this may be the way of the answer, or the second that its time is cut to. */
const NOTICEABLE_MS = 5_000;

let aheadMs = 0;

/**
 * Hears the platform's time of an answer that comes from it and from no cache.
 *
 * @param date the header `Date`, to the second (RFC 9110, 6.6.1)
 */
export function hearServerTime(date: string | null, nowMs = Date.now()): void {
  const toldMs = Date.parse(date ?? '');
  if (!Number.isNaN(toldMs)) aheadMs = toldMs - nowMs;
}

/** The time as the platform has it, by which ages of what it tells are right though the reader's clock is not. */
export const serverNowMs = (nowMs = Date.now()): number =>
  Math.abs(aheadMs) < NOTICEABLE_MS ? nowMs : nowMs + aheadMs;
