import type * as OrtModule from 'onnxruntime-node';

export type Ort = typeof OrtModule;

/* Not with the module: the agent and the router's side read packages without ever loading 46 MB of native library. */
export const loadOrt = (): Promise<Ort> => import('onnxruntime-node');
