export { scalerService } from './service';
export type { ScalerObserver, ScalerSettings } from './settings';
export type { RunningScaler } from './start-scaler';
