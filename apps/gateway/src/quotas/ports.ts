import type { OutboxDepth, Quota } from '@medserve/serving';

/** The quotas of tenants, and what all gateways share of them. */
export interface QuotaStore {
  of(tenants: readonly string[]): Promise<readonly Quota[]>;
  /** Adds points to the counter of a window; resolves to where it stands then. */
  count(quota: Quota, windowStartMs: number, points: number): Promise<number>;
  /** Puts down how many slots the gateway wants to hold; resolves to how many it does. */
  hold(quota: Quota, owner: string, wanted: number): Promise<number>;
}

export interface DepthReader {
  outboxDepth(ceiling: OutboxDepth): Promise<OutboxDepth>;
}

/** How the store does, as who asks it finds. */
export interface StoreHealth {
  answered(): void;
  failed(error: unknown): void;
}
