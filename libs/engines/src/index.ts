export { checkNumbers } from './check-feeds';
export type { EngineFixture } from './engine-contract';
export type { Engine, LoadSpec, Session, TensorSpec } from './engine';
export { ENGINES } from './engines';
export {
  describeGeneratorContract,
  orderOf,
  requestOf,
  resultOf,
  told,
  type GeneratorFixture,
} from './generation/generator-contract';
export { gpuMemoryOf, type GpuMemory } from './catalog/gpu-memory';
export { readCatalog } from './catalog/read-catalog';
export type { Recipe } from './catalog/recipe';
export type {
  Eyes,
  Generation,
  GenerationOrder,
  GenerationRules,
  GenerationSink,
  Generator,
  GeneratorSpec,
  GeneratorStats,
} from './generation/generator';
export type { PoolEndpoints, PoolFlavour, PoolStats } from './generation/pool-endpoints';
export { poolOf, type Pool } from './pools/pool';
export { loadPools } from './pools/pools-file';
export { oipEngine } from './oip/oip-engine';
export { onnxEngine } from './onnx/onnx-engine';
export { openaiEngine } from './openai/openai-engine';
export { checkUntouched, loadPackage } from './repository/load-package';
export { loadSpecOf } from './packages/load-spec-of';
export { readMeasuredScores, type MeasuredScore } from './packages/measured-scores';
export { readModelCard, type ModelCard } from './packages/model-card';
export type { KnownPackage, ModelPackage } from './packages/model-package';
export type { FileStamp } from './package-files';
export type { PackageRef } from './packages/package-ref';
export type { Manifest } from './manifest/manifest';
export type { Batching, ServedTensor, ServingConfig } from './packages/serving-config';
export type { BrokenPackage, Repository } from './packages/repository';
export { modelNames, scanModel, scanRepository } from './repository/scan-repository';
export type { Optimised } from './onnx/optimise';
export type { OutputParity } from './publish/compare';
export { compareVersions, type ParityReport } from './publish/compare-versions';
export type { RowTime } from './publish/profile';
export { publish, type Published, type PublishOrder } from './publish/publish';
export { readNpy } from './publish/read-npy';
export { loadTextRows, type TextRows } from './text/text-rows';
export { textSession } from './text/text-session';
export { certificatesOf } from './signing/certificate-chain';
export { privateKeyOf, publicHalf } from './signing/ec-key';
export { checkVersion, judgeModel, type Claim, type Trust } from './signing/judge-model';
export { makeSigningKey } from './signing/make-signing-key';
export { sealFolder, sealOf, type SealedFile, type SealedFolder } from './signing/seal-folder';
export { APPROVAL, SIGNATURE } from './signing/signed-files';
export { signedRootAt, signedRoots, type SignedRoot } from './signing/signed-roots';
export { approvalOf, approveModel, signModel, type SigningKey } from './signing/sign-model';
export { readTrustFile } from './signing/trust-file';
export { modeOf, OPEN_POLICY, type TrustedIdentity, type TrustMode, type TrustPolicy } from './signing/trust-policy';
export { untrusted } from './signing/untrusted';
export type { Signer } from './signing/who-signed';
export { syncFolder, writeWhole } from './signing/write-whole';
