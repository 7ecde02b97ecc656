/** What a model host says about itself, every half second. Times are milliseconds on the agent's clock. */
export interface HostReport {
  readonly heardAtMs: number;
  /** Requests that run or wait. */
  readonly inFlight: number;
  /** Of these, the ones that wait. */
  readonly queued: number;
  readonly lastUsedAtMs: number;
  /** Since when the running request runs, and how much of its deadline was left then; absent: nothing runs. */
  readonly running?: { readonly sinceMs: number; readonly deadlineMs: number } | undefined;
  /** Since when a run has been under way for which nobody waits any more; absent: somebody waits for every run. */
  readonly abandonedSinceMs?: number | undefined;
  readonly residentBytes: number;
}

export interface HostRules {
  /** Since when the agent hears reports as they come; before that it stood still itself. */
  readonly listeningSinceMs: number;
  readonly idleMs: number;
  /** A host that says nothing for this long is stuck. */
  readonly silenceMs: number;
  readonly maxResidentBytes: number;
  /** What starting another host of the model costs. */
  readonly loadMs: number;
}

export type HostVerdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'unload' }
  /** Another host takes its place first, and its waiting requests; then it is killed. */
  | { readonly kind: 'replace' }
  | { readonly kind: 'kill'; readonly why: 'overrun' | 'silent' | 'memory' };

/** A run whose deadline was shorter than this is given this long: killing costs a start. */
const LEAST_RUN_MS = 1_000;
/** A run for nobody may end by itself within this time: most runs are shorter. */
const LEAST_ABANDONED_MS = 250;

/**
 * What becomes of a host now. Nothing follows from a report of before the agent stood still, except that there was none since. A run that takes twice what was left of its deadline never ends by itself: nobody waits. A run
 * for nobody, which cannot be stopped, must not keep those waiting who are still there: when it has gone on for longer than a
 * new host takes to start, the new host is the shorter way.
 */
export function judgeHost(report: HostReport, rules: HostRules, nowMs: number): HostVerdict {
  const { running, abandonedSinceMs, inFlight, queued } = report;
  const isSilent = nowMs - Math.max(report.heardAtMs, rules.listeningSinceMs) > rules.silenceMs;
  if (report.heardAtMs < rules.listeningSinceMs) return isSilent ? { kind: 'kill', why: 'silent' } : { kind: 'keep' };
  if (running && nowMs - running.sinceMs > 2 * Math.max(running.deadlineMs, LEAST_RUN_MS))
    return { kind: 'kill', why: 'overrun' };
  if (isSilent) return { kind: 'kill', why: 'silent' };
  if (report.residentBytes > rules.maxResidentBytes) return { kind: 'kill', why: 'memory' };
  const patienceMs = Math.max(LEAST_ABANDONED_MS, rules.loadMs);
  if (queued > 0 && abandonedSinceMs !== undefined && nowMs - abandonedSinceMs > patienceMs) return { kind: 'replace' };
  if (inFlight === 0 && abandonedSinceMs === undefined && nowMs - report.lastUsedAtMs > rules.idleMs)
    return { kind: 'unload' };
  return { kind: 'keep' };
}
