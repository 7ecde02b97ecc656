const HOUR_MS = 3_600_000;
const USUAL_MS = 30 * 24 * HOUR_MS;

/** Whole hours: `from` and `to` each begin one. */
export interface UsageTime {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The hours that a time touches. Usage is kept by the hour, so that of an hour asked for in part the whole is told, and it is said that
 * it is.
 *
 * @param from default: 30 days before the end of the last hour
 */
export function usageTime(from: Date | undefined, to: Date): UsageTime {
  const end = Math.ceil(to.getTime() / HOUR_MS) * HOUR_MS;
  const start = from === undefined ? end - USUAL_MS : Math.floor(from.getTime() / HOUR_MS) * HOUR_MS;
  return { from: new Date(start), to: new Date(end) };
}
