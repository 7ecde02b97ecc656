export type { PoolDescription } from './fleet-schema';
export { loadFleet, parseFleet } from './load-fleet';
export { KIND_DEFAULTS, POOL_KINDS, type DrainTimes, type KindDefaults, type PoolKind } from './pool-kinds';
export { servesModel } from './serves-model';
