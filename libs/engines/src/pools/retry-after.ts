const MAX_S = 3_600;

/** Of a header `Retry-After` in seconds, in milliseconds; the form with a date is not read. */
export function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds, MAX_S) * 1_000 : undefined;
}
