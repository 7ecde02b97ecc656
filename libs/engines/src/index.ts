export { describeEngineContract, type EngineFixture } from './engine-contract';
export type { Engine, LoadSpec, Session, TensorSpec } from './engine';
export { ENGINES } from './engines';
export { onnxEngine } from './onnx/onnx-engine';
export { loadPackage, type ModelPackage } from './packages/load-package';
export type { Manifest } from './packages/manifest';
export type { Batching, ServingConfig } from './packages/serving-config';
export { scanRepository, type BrokenPackage, type Repository } from './packages/scan-repository';
