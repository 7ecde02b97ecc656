export { monitorService } from './service';
export { startMonitor, type MonitorSettings } from './start';
