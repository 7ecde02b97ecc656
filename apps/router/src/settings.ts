import type { PoolDescription } from '@medserve/fleet';
import type { CatalogueEntry, ClassName, Listen, ResolveHost, ServiceTls } from '@medserve/rpc';
import type { Logger, Tracer } from '@medserve/runtime';
import type { OutlierRules, RetryBudgetRules } from '@medserve/serving';

/** Why a request was given up by the router before it was sent to a host. */
export type ShedReason = 'full' | 'evicted' | 'late' | 'loading';

/** How a request of a pool ended. */
/** `invalid`: what was asked could not be done, however much room there is; `refused`: at another time it could. */
export type PoolOutcome = 'answered' | 'invalid' | 'refused' | 'failed' | 'cancelled';

/** What is asked of a pool now, and what there is to serve it. */
export interface PoolReading {
  readonly pool: string;
  readonly queuedSlots: number;
  readonly runningSlots: number;
  readonly oldestWaitMs: number;
  readonly replicas: { readonly ready: number; readonly starting: number; readonly draining: number };
}

/** Told of what happens, for the metrics. Called on the road of every request: must be quick and must not throw. */
export interface RouterObserver {
  /** Requests inside the router, waiting and sent. */
  onInFlight(count: number): void;
  /** Requests of the class that wait for a replica. */
  onQueue(name: ClassName, count: number): void;
  /** How long a request waited before it was sent; 0: not at all. */
  onWaited(seconds: number): void;
  onRetry(): void;
  onEjection(): void;
  onShed(reason: ShedReason): void;
  /** Every pool, every second. */
  onPools(readings: readonly PoolReading[]): void;
  /** The pool is not there any more. */
  onPoolGone(pool: string): void;
  /** How long a request of the pool waited before it was sent. */
  onPoolWaited(pool: string, name: ClassName, seconds: number): void;
  /** @param seconds since the request came */
  onPoolEnded(pool: string, name: ClassName, outcome: PoolOutcome, seconds: number): void;
  /** A request found no replica of its pool ready. */
  onColdRequest(pool: string): void;
  /** A pool without ready replicas has one. @param seconds since it was first asked for */
  onColdStart(pool: string, seconds: number): void;
}

/** A pool of the fleet, and what is known of its models before any of its pods is heard. */
export interface DescribedPool {
  readonly description: PoolDescription;
  readonly catalogue?: readonly CatalogueEntry[] | undefined;
}

export interface RouterSettings {
  readonly listen: Listen;
  /** Where the agents of pods without a described pool are: `host:port`, `dns:host:port` or `file:PATH`. */
  readonly pods: readonly string[];
  /** Pools whose replicas come and go. Default: none. */
  readonly pools?: readonly DescribedPool[];
  /** Default: as the machine resolves names. */
  readonly resolveHost?: ResolveHost;
  /** Default: none, for services on one machine. */
  readonly tls?: ServiceTls | undefined;
  readonly logger: Logger;
  /** Requests inside the router. A more urgent one takes the place of one that waits. Default 1024. */
  readonly maxInFlight?: number;
  /** Bytes of all requests inside the router. Default 2 GiB. */
  readonly maxBytesInFlight?: number;
  /** Requests on one host's stream. Default 512. */
  readonly maxInFlightPerHost?: number;
  /** Requests that wait for one model that no described pool names, while it is loaded or busy. Default 512. */
  readonly maxQueuePerModel?: number;
  /** For what runs when the router closes, in milliseconds. Default 5000. */
  readonly graceMs?: number;
  readonly outliers?: OutlierRules;
  readonly retries?: RetryBudgetRules;
  /** In [0, 1); for the choice between replicas. Default `Math.random`. */
  readonly random?: () => number;
  readonly observer?: Partial<RouterObserver>;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}
