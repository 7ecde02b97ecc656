import type { ClassName, Listen, ServiceTls } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import type { OutlierRules, RetryBudgetRules } from '@medserve/serving';

/** Why a request was given up by the router before it was sent to a host. */
export type ShedReason = 'full' | 'evicted' | 'late' | 'loading';

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
}

export interface RouterSettings {
  readonly listen: Listen;
  /** Addresses of pod agents, host:port. */
  readonly pods: readonly string[];
  /** Default: none, for services on one machine. */
  readonly tls?: ServiceTls | undefined;
  readonly logger: Logger;
  /** Requests inside the router. A more urgent one takes the place of one that waits. Default 1024. */
  readonly maxInFlight?: number;
  /** Bytes of all requests inside the router. Default 2 GiB. */
  readonly maxBytesInFlight?: number;
  /** Requests on one host's stream. Default 512. */
  readonly maxInFlightPerHost?: number;
  /** Requests that wait for one model, while it is loaded or busy. Default 512. */
  readonly maxQueuePerModel?: number;
  readonly outliers?: OutlierRules;
  readonly retries?: RetryBudgetRules;
  /** In [0, 1); for the choice between replicas. Default `Math.random`. */
  readonly random?: () => number;
  readonly observer?: Partial<RouterObserver>;
}
