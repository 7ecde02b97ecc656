import type { ScalingPace, ScalingPolicy } from '@medserve/serving';

/** What a pool's replicas are, as far as scaling goes: how long they take to start, and how large a step one of them is. */
export const POOL_KINDS = ['cpu', 'encoder', 'generative'] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

/** How a replica ends: its endpoint is taken out of service first, then what runs may end. */
export interface DrainTimes {
  /** From the order to end to the moment when nobody sends anything new. */
  readonly settleMs: number;
  /** For what runs then. */
  readonly drainMs: number;
}

export interface KindDefaults extends Omit<
  ScalingPolicy,
  'slotsPerReplica' | 'floors' | 'idleWarmth' | 'minReplicas' | 'maxReplicas'
> {
  readonly maxReplicas: number;
  readonly drain: DrainTimes;
  /** In which a replica has to have loaded its models. */
  readonly startupMs: number;
  /** Requests that may wait for the pool, and how long, while none of its replicas serves. */
  readonly waiting: { readonly requests: number; readonly forMs: number };
}

const pace = (stabilizationMs: number, replicas: number, share: number, periodMs: number): ScalingPace => ({
  stabilizationMs,
  replicas,
  share,
  periodMs,
});

/*
 * A writer starts in a minute or more and is worth keeping longer. Paces are shares as well as numbers, so that a large pool follows its
 * morning; docs/decisions/0027 tells what the simulator (bench/fleet) says of them.
 */
export const KIND_DEFAULTS: Readonly<Record<PoolKind, KindDefaults>> = {
  cpu: {
    targetUtilization: 0.8,
    maxReplicas: 10,
    stableWindowMs: 60_000,
    panicWindowMs: 6_000,
    panicThreshold: 2,
    up: pace(0, 4, 1, 15_000),
    down: pace(300_000, 1, 0.5, 60_000),
    lingerMs: 30_000,
    cooldownMs: 300_000,
    drain: { settleMs: 5_000, drainMs: 25_000 },
    startupMs: 60_000,
    waiting: { requests: 200, forMs: 30_000 },
  },
  encoder: {
    targetUtilization: 0.8,
    maxReplicas: 8,
    stableWindowMs: 60_000,
    panicWindowMs: 6_000,
    panicThreshold: 1.5,
    up: pace(0, 4, 1, 15_000),
    down: pace(300_000, 1, 0.2, 60_000),
    lingerMs: 30_000,
    cooldownMs: 600_000,
    drain: { settleMs: 15_000, drainMs: 30_000 },
    startupMs: 180_000,
    waiting: { requests: 200, forMs: 60_000 },
  },
  generative: {
    targetUtilization: 0.75,
    maxReplicas: 4,
    stableWindowMs: 60_000,
    panicWindowMs: 6_000,
    panicThreshold: 1.5,
    up: pace(0, 2, 0.5, 30_000),
    down: pace(600_000, 1, 0.2, 60_000),
    lingerMs: 30_000,
    cooldownMs: 900_000,
    drain: { settleMs: 15_000, drainMs: 120_000 },
    startupMs: 600_000,
    waiting: { requests: 256, forMs: 300_000 },
  },
};
