export interface Activity {
  readonly isActive: boolean;
  /** Whether a replica takes requests. */
  readonly isServed: boolean;
}

/**
 * What one stream of KEDA's is told, and when: the state once it is known, `true` whenever the pool becomes active, and again while it is
 * active and nothing serves, for a push may come to nothing (one that comes before the status of the ScaledObject is filled does).
 * Never `false` later: KEDA does nothing with it, scaling in is done by its polls.
 */
export class PushSchedule {
  private wasActive: boolean | undefined;
  private pushedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly repeatMs: number) {}

  /** @returns what is to be sent now; undefined: nothing */
  next({ isActive, isServed }: Activity, nowMs: number): boolean | undefined {
    const before = this.wasActive;
    this.wasActive = isActive;
    const isEdge = isActive && before !== true;
    const isDue = isActive && !isServed && nowMs - this.pushedAtMs >= this.repeatMs;
    if (isEdge || isDue) this.pushedAtMs = nowMs;
    else if (before === undefined) return false;
    return isEdge || isDue ? true : undefined;
  }
}
