export type { DescribedPool, PoolOutcome, PoolReading, RouterObserver, RouterSettings, ShedReason } from './settings';
export { startRouter, type RunningRouter } from './start-router';
export { routerService } from './service';
