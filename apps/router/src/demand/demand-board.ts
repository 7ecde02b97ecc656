import { randomUUID } from 'node:crypto';
import type { WatchDemandResponse } from '@medserve/contracts';
import type { PoolReading, RouterObserver } from '../settings';
import { ScalingPool, type PoolTerms } from './scaling-pool';

/** How often the metrics of pools are set anew. */
const OBSERVE_EVERY_MS = 1_000;

/** What is asked of every pool of this router. */
export class DemandBoard {
  /** Tells routers, and starts of one, apart. */
  readonly router = randomUUID();
  private readonly pools = new Map<string, ScalingPool>();
  private readonly listeners = new Set<(pool: string) => void>();
  private readonly ticker: NodeJS.Timeout;

  constructor(private readonly observer: RouterObserver) {
    this.ticker = setInterval(() => {
      observer.onPools(this.readings());
    }, OBSERVE_EVERY_MS).unref();
  }

  /** The pool of the name, which begins to be counted with its first use. */
  pool(terms: PoolTerms): ScalingPool {
    const known = this.pools.get(terms.name);
    if (known) return known;
    const pool = new ScalingPool(terms, this.observer, ({ name }) => {
      for (const listener of [...this.listeners]) listener(name);
    });
    this.pools.set(terms.name, pool);
    return pool;
  }

  /** Forgets a pool that nothing can be asked of any more. */
  drop(pool: ScalingPool): void {
    pool.close();
    if (this.pools.get(pool.name) !== pool) return;
    this.pools.delete(pool.name);
    this.observer.onPoolGone(pool.name);
  }

  /** Calls `listener` with the name of each pool that becomes active; gives back how to stop. */
  onActive(listener: (pool: string) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** @param sinceMs when the message before was made, on the clock of `performance.now()`; absent: there was none */
  message(nowMs: number, sinceMs?: number): WatchDemandResponse {
    return { router: this.router, pools: [...this.pools.values()].map((pool) => pool.demand(nowMs, sinceMs)) };
  }

  close(): void {
    clearInterval(this.ticker);
    for (const pool of this.pools.values()) pool.close();
  }

  private readings(): readonly PoolReading[] {
    const nowMs = performance.now();
    return [...this.pools.values()].map((pool) => {
      const { queuedSlots, runningSlots, oldestWaitMs } = pool.demand(nowMs, nowMs);
      return { pool: pool.name, queuedSlots, runningSlots, oldestWaitMs, replicas: pool.replicas };
    });
  }
}
