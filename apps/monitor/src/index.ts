export { monitorService } from './service';
export type { MonitorSettings } from './start';
