export { answerDocument, ctSlice, rectangle } from './answered-images';
export { firstRowOnnx, tableOnnx, workingOnnx } from './onnx/batch-models';
export { writeLanguagePackage, type LanguagePackage } from './onnx/language-package';
export {
  decoderOnnx,
  embedOnnx,
  loraSafetensors,
  TINY_LANGUAGE,
  visionOnnx,
  type LanguageShape,
} from '@medserve/engines/standin';
export { mlpOnnx } from './onnx/mlp';
export { resnet18Onnx } from './onnx/resnet18';
export { writeSafetensors, type NamedMatrix } from '@medserve/engines/standin';
export { identityOnnx, meanFilterOnnx, slowOnnx, sumAndDifferenceOnnx } from './onnx/small-models';
export {
  writeOnnx,
  type Dimension,
  type ElementType,
  type OnnxAttribute,
  type OnnxExternalWeight,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
  type OnnxWeight,
} from '@medserve/engines/standin';
export { describeEventBusContract } from './event-bus-contract';
export { startTestDatabase, startTestServer, type TestDatabase, type TestServer } from './postgres';
export { FaultProxy, type FaultProxyOptions } from './faults/fault-proxy';
export type { Direction, Faults } from './faults/faults';
export { acceptance, activityEvent, completion, recordEvent } from './record-events';
export { writeModelPackage, writeTritonModel, type TestPackage, type TestTritonModel } from './model-packages';
export { demandOf, FakeRouter } from './fake-router';
export { catalogueEntry, startFakePod, type FakeOrder, type FakePod, type FakePodOptions } from './fake-pod';
export { growLedger } from './grow-ledger';
export { childrenOf } from './children-of';
export { niceOfThreads } from './nice-of-threads';
export {
  dataSetBytes,
  dicomFile,
  elementBytes,
  encapsulated,
  image,
  itemBytes,
  words,
  type DicomItem,
  type Value,
} from './build-dicom';
export { connectRawGrpc, grpcMessage, type RawCall, type RawGrpc, type RawStatus } from './raw-grpc';
export { KeyUsageFlags, signingChain, type ChainOptions, type SigningChain } from './signing-chain';
export { SigstoreInstance } from './sigstore-instance';
export * as interop from './interop-inputs';
