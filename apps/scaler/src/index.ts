export { scalerService } from './service';
export type { ScalerObserver, ScalerSettings } from './settings';
export { startScaler, type RunningScaler } from './start-scaler';
