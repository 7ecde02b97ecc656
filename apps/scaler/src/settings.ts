import type { AddressSource, Listen, ServiceTls } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import type { Clock } from './clock';
import type { CooldownKeeper } from './decisions/pool-scaling';
import type { PoolState } from './decisions/decisions';
import type { RouterState } from './demand/demand-board';
import type { KedaObserver } from './keda/external-scaler';

/** Told of what happens, for the metrics. */
export interface ScalerObserver extends KedaObserver {
  /** What is asked and decided, every second. */
  readonly onDecided: (pools: readonly PoolState[]) => void;
  readonly onRouters: (routers: Readonly<Record<RouterState, number>>, isRebuilt: boolean) => void;
}

export interface ScalerSettings {
  readonly listen: Listen;
  /** The description of the fleet. */
  readonly fleetFile: string;
  readonly routers: readonly AddressSource[];
  /** Default: none, for services on one machine. */
  readonly tls?: ServiceTls | undefined;
  readonly logger: Logger;
  /** Who waits before the last replica is taken. Default `keda`. */
  readonly cooldown?: CooldownKeeper;
  /** How long the last word of a router that has fallen silent counts, in milliseconds. Default 30 000. */
  readonly routerKeepMs?: number;
  /** The most slots of a pool that one router may ask for. Default 10 000. */
  readonly maxRouterSlots?: number;
  /** How often KEDA is told again of a pool that has nothing to serve it, in milliseconds. Default 10 000. */
  readonly repeatMs?: number;
  readonly clock?: Clock;
  readonly observer?: Partial<ScalerObserver>;
}
