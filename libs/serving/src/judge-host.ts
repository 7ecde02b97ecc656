/** What a model host says about itself, every half second. Times are milliseconds on the agent's clock. */
export interface HostReport {
  readonly heardAtMs: number;
  readonly inFlight: number;
  readonly lastUsedAtMs: number;
  /** Since when the running request runs, and how much of its deadline was left then; absent: nothing runs. */
  readonly running?: { readonly sinceMs: number; readonly deadlineMs: number } | undefined;
  readonly residentBytes: number;
}

export interface HostRules {
  readonly idleMs: number;
  /** A host that says nothing for this long is stuck. */
  readonly silenceMs: number;
  readonly maxResidentBytes: number;
}

export type HostVerdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'unload' }
  | { readonly kind: 'kill'; readonly why: 'overrun' | 'silent' | 'memory' };

/** A run whose deadline was shorter than this is given this long: killing costs a start. */
const LEAST_RUN_MS = 1_000;

/** What becomes of a host now. A run that takes twice what was left of its deadline never ends by itself: nobody waits. */
export function judgeHost(report: HostReport, rules: HostRules, nowMs: number): HostVerdict {
  const { running } = report;
  if (running && nowMs - running.sinceMs > 2 * Math.max(running.deadlineMs, LEAST_RUN_MS))
    return { kind: 'kill', why: 'overrun' };
  if (nowMs - report.heardAtMs > rules.silenceMs) return { kind: 'kill', why: 'silent' };
  if (report.residentBytes > rules.maxResidentBytes) return { kind: 'kill', why: 'memory' };
  if (report.inFlight === 0 && nowMs - report.lastUsedAtMs > rules.idleMs) return { kind: 'unload' };
  return { kind: 'keep' };
}
