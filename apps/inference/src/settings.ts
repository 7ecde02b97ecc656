import type { Listen } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';

export interface InferencePodSettings {
  readonly listen: Listen;
  /** Folders of model packages; the first that has a name and version wins. */
  readonly repositories: readonly string[];
  readonly logger: Logger;
  /** Idle hosts kept ready, so that a model loads without waiting for a process. Default 1. */
  readonly zygotes?: number;
  /** Hosts that may run at once. Default 16. */
  readonly maxHosts?: number;
  /** Requests that may wait in one host, beside the one that runs. Default 256. */
  readonly maxQueue?: number;
  /** Resident memory of one host, in bytes. Default 4 GiB. */
  readonly maxHostBytes?: number;
  /** Time a model may take to load, in milliseconds. Default 120 000. */
  readonly loadTimeoutMs?: number;
  /** Time before a package that failed to load is tried again, in milliseconds. Default 30 000. */
  readonly retryPauseMs?: number;
  /** Told when a host starts, has started or failed, or dies, for the metrics. */
  readonly onHostEvent?: (event: HostEvent) => void;
}

export type HostEvent = { readonly kind: 'started' | 'failed' | 'died' | 'unloaded'; readonly model: string };

export type PodLimits = Required<
  Pick<InferencePodSettings, 'zygotes' | 'maxHosts' | 'maxQueue' | 'maxHostBytes' | 'loadTimeoutMs' | 'retryPauseMs'>
>;

export const limitsOf = (settings: InferencePodSettings): PodLimits => ({
  zygotes: settings.zygotes ?? 1,
  maxHosts: settings.maxHosts ?? 16,
  maxQueue: settings.maxQueue ?? 256,
  maxHostBytes: settings.maxHostBytes ?? 4 * 2 ** 30,
  loadTimeoutMs: settings.loadTimeoutMs ?? 120_000,
  retryPauseMs: settings.retryPauseMs ?? 30_000,
});
