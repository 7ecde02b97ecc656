export {
  identityOnnx,
  meanFilterOnnx,
  slowOnnx,
  writeOnnx,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
} from './onnx';
export { describeEventBusContract } from './event-bus-contract';
export { startTestDatabase, startTestServer, type TestDatabase, type TestServer } from './postgres';
export { startTcpProxy, type TcpProxy } from './tcp-proxy';
export { acceptance, completion, recordEvent } from './record-events';
export { writeModelPackage, type TestPackage } from './model-packages';
export { catalogueEntry, startFakePod, type FakePod, type FakePodOptions } from './fake-pod';
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
