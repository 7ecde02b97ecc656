import type { Listen } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';

export interface RouterSettings {
  readonly listen: Listen;
  /** Addresses of pod agents, host:port. */
  readonly pods: readonly string[];
  readonly logger: Logger;
  /** Requests in flight. Default 1024. */
  readonly maxInFlight?: number;
  /** Bytes of all requests in flight. Default 2 GiB. */
  readonly maxBytesInFlight?: number;
  /** Requests on one host's stream. Default 512. */
  readonly maxInFlightPerHost?: number;
  /** In [0, 1); for the choice between replicas. Default `Math.random`. */
  readonly random?: () => number;
  /** Told whenever it changes, for the metrics. */
  readonly onInFlight?: (count: number) => void;
}
