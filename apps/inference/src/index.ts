export type { InferencePod } from './pod/start-inference-pod';
export type { HostEvent, InferencePodSettings } from './settings';
