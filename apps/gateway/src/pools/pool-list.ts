import type { PoolDecision, PoolDemand, PoolTotals, ReplicaDecision, WaitingRequests } from '@medserve/contracts';
import { ScalerClient, type Link, type RouterClient } from '@medserve/rpc';

/** A pool as operators see it. */
export interface ListedPool {
  readonly name: string;
  readonly queuedSlots: number;
  readonly runningSlots: number;
  readonly readyReplicas: number;
  readonly startingReplicas: number;
  /** How long the request that waits longest has waited. */
  readonly oldestWaitMs: number;
  /** Requests that wait, by class; absent where the router does not tell. */
  readonly waiting?: WaitingRequests;
  /** How requests ended since the routers started; it falls when one of them starts anew. */
  readonly totals?: PoolTotals;
  /** Where a scaler decides: what the pool may have. */
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** Absent where nothing is decided. */
  readonly decision?: ReplicaDecision;
}

export interface PoolsKnown {
  readonly pools: readonly ListedPool[];
  /** Whether the demand of every router is in the figures, and replicas are decided. */
  readonly isDecided: boolean;
}

export interface PoolListOptions {
  readonly router: Pick<RouterClient, 'watchDemand'>;
  readonly scaler: Pick<ScalerClient, 'watchDecisions' | 'close'> | undefined;
}

const NOTHING: PoolsKnown = { pools: [], isDecided: false };

/**
 * The pools of the fleet, from memory: as the scaler sees them, which hears every router; where there is none, or it is away, as this
 * gateway's router does.
 */
export class PoolList {
  private decided = NOTHING;
  private asked = NOTHING;
  private readonly stops: (() => void)[] = [];

  constructor({ router, scaler }: PoolListOptions) {
    this.stops.push(
      router.watchDemand((told) => {
        this.asked = told ? { pools: told.pools.map(fromDemand), isDecided: false } : NOTHING;
      }),
    );
    if (!scaler) return;
    this.stops.push(
      scaler.watchDecisions((told) => {
        this.decided = told ? { pools: told.pools.map(fromDecision), isDecided: told.known } : NOTHING;
      }),
      () => {
        scaler.close();
      },
    );
  }

  list(): PoolsKnown {
    return this.decided.pools.length > 0 ? this.decided : this.asked;
  }

  close(): Promise<void> {
    for (const stop of this.stops) stop();
    return Promise.resolve();
  }
}

/** @param scaler host:port; undefined: there is none */
export function openPools(router: RouterClient, scaler: string | undefined, link?: Link): PoolList {
  const client = scaler === undefined ? undefined : new ScalerClient(scaler, link);
  return new PoolList({ router, scaler: client });
}

const figures = (told: PoolDecision | PoolDemand) => ({
  name: told.pool,
  queuedSlots: told.queuedSlots,
  runningSlots: told.runningSlots,
  readyReplicas: told.readyReplicas,
  startingReplicas: told.startingReplicas,
  oldestWaitMs: told.oldestWaitMs,
  ...(told.waiting ? { waiting: told.waiting } : {}),
  ...(told.totals ? { totals: told.totals } : {}),
});

const fromDemand = (told: PoolDemand): ListedPool => figures(told);

const fromDecision = (told: PoolDecision): ListedPool => ({
  ...figures(told),
  minReplicas: told.minReplicas,
  maxReplicas: told.maxReplicas,
  ...(told.decision ? { decision: told.decision } : {}),
});
