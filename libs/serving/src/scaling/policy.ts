/** At most so many replicas, or so large a share of those that are there, whichever is more, are added or taken in one period. */
export interface ScalingPace {
  /** How long a wish has to have lasted: of all wishes in this time the one that changes least is followed. */
  readonly stabilizationMs: number;
  readonly replicas: number;
  /** Of the replicas at the start of the period; 1 doubles them. */
  readonly share: number;
  readonly periodMs: number;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Hours of the week. */
export interface CalendarHours {
  readonly days: readonly Weekday[];
  /** Minutes since midnight, in the time zone; a range that ends before it begins goes over midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** Replicas that are kept at certain hours however little is asked: the clinic opens before the first patient comes. */
export interface CalendarFloor extends CalendarHours {
  readonly replicas: number;
}

/**
 * What is kept of a pool that nobody asks: `hot` a replica that serves; `dozing` one whose weights lie in the memory of its host;
 * `cool` a node without a replica; `cold` nothing.
 */
export const WARMTHS = ['hot', 'dozing', 'cool', 'cold'] as const;
export type Warmth = (typeof WARMTHS)[number];

/** What is kept at certain hours of a pool that has no replica: more than at other hours, never less. */
export interface WarmHours extends CalendarHours {
  readonly warmth: Exclude<Warmth, 'hot'>;
}

/** How a pool follows its demand. */
export interface ScalingPolicy {
  /** Requests of one slot that a replica runs at once. */
  readonly slotsPerReplica: number;
  /** Share of a replica's slots that demand is meant to take, in (0, 1]. */
  readonly targetUtilization: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Demand is what it was over this time on average; 1 s to 900 s. */
  readonly stableWindowMs: number;
  /** In a panic it is what it was over this time; no longer than the stable one. */
  readonly panicWindowMs: number;
  /** A panic begins when the demand of the short window is this many times what the ready replicas are meant for. */
  readonly panicThreshold: number;
  readonly up: ScalingPace;
  readonly down: ScalingPace;
  /** Demand still counts this long after the last request left, so that a short one is not missed between two looks. */
  readonly lingerMs: number;
  /** After the linger, before the last replica is taken. */
  readonly cooldownMs: number;
  readonly floors: readonly CalendarFloor[];
  /** What is kept at zero. */
  readonly idleWarmth: Exclude<Warmth, 'hot'>;
  /** Hours at which more is kept at zero. */
  readonly warmHours?: readonly WarmHours[];
}
