import type { PoolTerms } from '../demand/scaling-pool';

/** Of a pool that a test does not say more about. */
export const poolTerms = (more: Partial<PoolTerms> = {}): PoolTerms => ({
  name: 'pool',
  unitsPerSlot: 16,
  lingerMs: 30_000,
  waiting: { requests: 10, forMs: Number.POSITIVE_INFINITY },
  isScaled: false,
  ...more,
});
