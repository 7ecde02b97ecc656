/** What is known of a replica's failures. Times are milliseconds on the caller's clock. */
export interface OutlierRecord {
  readonly consecutiveFailures: number;
  readonly windowStartMs: number;
  readonly requests: number;
  readonly failures: number;
  /** How often it was ejected of late: the next ejection lasts as many times longer. */
  readonly ejections: number;
  /** 0: never. */
  readonly ejectedUntilMs: number;
}

export interface OutlierRules {
  readonly consecutiveFailures: number;
  readonly windowMs: number;
  /** A rate over fewer requests of a window says nothing. */
  readonly leastRequests: number;
  /** 0 to 1. */
  readonly failureRate: number;
  readonly baseEjectionMs: number;
  readonly maxEjectionMs: number;
  /** Of a pool, 0 to 1. */
  readonly maxEjectedShare: number;
}

/** Envoy's, but quicker: a hospital has few replicas, and each that is out is missed. */
export const OUTLIER_RULES: OutlierRules = {
  consecutiveFailures: 5,
  windowMs: 30_000,
  leastRequests: 20,
  failureRate: 0.5,
  baseEjectionMs: 5_000,
  maxEjectionMs: 300_000,
  maxEjectedShare: 0.5,
};

export const UNSUSPECTED: OutlierRecord = {
  consecutiveFailures: 0,
  windowStartMs: 0,
  requests: 0,
  failures: 0,
  ejections: 0,
  ejectedUntilMs: 0,
};

/** Of the rate that ejects: who fails less often than this share of it behaves well. */
const WELL = 0.1;

/** One more answer. A window that was behaved well in, and is not one of the ejection, takes one ejection off the count. */
export function observeOutcome(
  record: OutlierRecord,
  failed: boolean,
  nowMs: number,
  rules: OutlierRules,
): OutlierRecord {
  const fresh = nowMs - record.windowStartMs > rules.windowMs;
  const goodMs = nowMs - Math.max(record.ejectedUntilMs, fresh ? 0 : record.windowStartMs);
  const wasWell = record.failures <= WELL * rules.failureRate * record.requests;
  const forgiven = record.ejections > 0 && !failed && fresh && wasWell && goodMs > rules.baseEjectionMs ? 1 : 0;
  return {
    consecutiveFailures: failed ? record.consecutiveFailures + 1 : 0,
    windowStartMs: fresh ? nowMs : record.windowStartMs,
    requests: (fresh ? 0 : record.requests) + 1,
    failures: (fresh ? 0 : record.failures) + (failed ? 1 : 0),
    ejections: record.ejections - forgiven,
    ejectedUntilMs: record.ejectedUntilMs,
  };
}

/** Whether a replica with this record is to be ejected, if its pool can do without it. */
export function isOutlier(record: OutlierRecord, nowMs: number, rules: OutlierRules): boolean {
  if (record.ejectedUntilMs > nowMs) return false;
  if (record.consecutiveFailures >= rules.consecutiveFailures) return true;
  return record.requests >= rules.leastRequests && record.failures >= rules.failureRate * record.requests;
}

/** Whether one more of a pool's replicas may go: never the last one, and never more than the share that may. */
export const mayEject = (pool: number, ejected: number, { maxEjectedShare }: OutlierRules): boolean =>
  ejected + 1 < pool && ejected + 1 <= maxEjectedShare * pool;

/** Out for base x how often, and judged anew when it is back. */
export function eject(record: OutlierRecord, nowMs: number, rules: OutlierRules): OutlierRecord {
  const ejections = record.ejections + 1;
  return {
    ...UNSUSPECTED,
    windowStartMs: nowMs,
    ejections,
    ejectedUntilMs: nowMs + Math.min(rules.maxEjectionMs, ejections * rules.baseEjectionMs),
  };
}
