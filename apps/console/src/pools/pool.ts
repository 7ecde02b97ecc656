/** Requests that wait, by class. */
export interface Waiting {
  readonly stat: number;
  readonly urgent: number;
  readonly routine: number;
  readonly research: number;
}

/** How requests ended since the routers started: they only grow, but for a router that starts anew. */
export interface Totals {
  readonly answered: number;
  readonly invalid: number;
  readonly refused: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly cold: number;
}

/** Why there are to be as many replicas: the rule that had the last word. */
export type Because = 'demand' | 'panic' | 'floor' | 'least' | 'most' | 'linger' | 'window' | 'pace' | 'idle';

export interface Decision {
  readonly replicas: number;
  readonly wanted: number;
  readonly floor: number;
  readonly mode: string;
  readonly because: string;
  readonly warmth: string;
}

/** A pool as `GET /v1/pools` tells it. */
export interface Pool {
  readonly name: string;
  readonly queuedSlots: number;
  readonly runningSlots: number;
  readonly readyReplicas: number;
  readonly startingReplicas: number;
  readonly oldestWaitMs: number;
  readonly waiting?: Waiting;
  readonly totals?: Totals;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly decision?: Decision;
}

export interface Pools {
  readonly data: readonly Pool[];
  /** Whether replicas follow the demand. */
  readonly isDecided: boolean;
}

/** Whether something is asked of it, or there is something to serve it. */
export const isAwake = ({ queuedSlots, runningSlots, readyReplicas }: Pool): boolean =>
  queuedSlots + runningSlots + readyReplicas > 0;
