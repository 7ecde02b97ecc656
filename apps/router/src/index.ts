export type { RouterObserver, RouterSettings, ShedReason } from './settings';
export { startRouter, type RunningRouter } from './start-router';
export { routerService } from './service';
