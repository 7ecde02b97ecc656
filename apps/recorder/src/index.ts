export { startRecorder, type RecorderSettings } from './start';
export type { DutyTimes } from './duties';
export { recorderService } from './service';
