import type { Warmth } from './policy';

/** What is known of a pool when its replicas are decided. */
export interface ScalingSituation {
  /** Milliseconds since the epoch, for the windows; an earlier time than before counts as that one. */
  readonly nowMs: number;
  /** The same for the calendar, from a clock that may be set; absent: `nowMs`. */
  readonly calendarMs?: number;
  /** Queued and running now, over all routers. */
  readonly slots: number;
  /** Whether a request is inside or its demand still counts (the linger of the meters). */
  readonly active: boolean;
  /** Since the last request left; 0 while one is inside or none ever was. */
  readonly idleMs: number;
  readonly readyReplicas: number;
  /** Ordered, and not ready yet. */
  readonly startingReplicas: number;
  /** Wanted so far, as far as that is known. */
  readonly replicas: number;
  /** Whether the cooldown before zero is kept here; absent: whoever applies the decision keeps it, as KEDA does. */
  readonly isCooling?: boolean;
}

/**
 * The rule that had the last word: the `demand` of the stable window or, in a `panic`, of the short one; a `floor` of the calendar, the
 * `least` or the `most` that the pool may have; `linger`, the time after the last request; `window`, a wish that has not lasted long
 * enough; `pace`, a step that is too large at once; `idle`, nobody asks.
 */
export type ScalingReason = 'demand' | 'panic' | 'floor' | 'least' | 'most' | 'linger' | 'window' | 'pace' | 'idle';

export interface ScalingDecision {
  readonly replicas: number;
  /** What demand, calendar and limits ask for, before the windows and the pace. */
  readonly wanted: number;
  readonly mode: 'stable' | 'panic';
  readonly because: ScalingReason;
  readonly warmth: Warmth;
  /** Replicas that are kept now however little is asked. */
  readonly floor: number;
}
