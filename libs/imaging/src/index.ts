export { compileRecipe, type Recipe } from './recipe/recipe';
export type { LayoutStep, Step, Working } from './recipe/step';
export { DECODE_LIMITS, type DecodeLimits } from './limits';
export { identify, type Container } from './decode/identify';
export { viewSchema, type View, type Viewed } from './slide/view';
export { expectedBytes } from './decode/expected-bytes';
export { decodeStudy, type DecodedInput, type DecodedStudy, type InputFile } from './decode/decode-study';
export { DecodePool, type DecodePoolOptions, type DecodePoolStats, type DecodeWishes } from './decode/decode-pool';
export type { Placement } from './dicom/placement';
export { encodePng } from './encode/encode-png';
export {
  attributeOf,
  hexOf,
  isPrivate,
  isPrivateCreator,
  keywordOf,
  tagNamed,
  tagOf,
  vrOf,
  type Attribute,
} from './dicom/dictionary/dictionary';
export { MODALITY_TERMS } from './dicom/defined-terms';
export { isUid } from './dicom/is-uid';
export { fileMetaFor, type FileMeta } from './dicom/instance/file-meta';
export { isImageClass } from './dicom/instance/image-classes';
export { InstanceFault, type FaultKind } from './dicom/instance/instance-fault';
export type { ExpectedInstance, InstanceHeader, SeenUids } from './dicom/instance/instance-header';
export { INSTANCE_LIMITS, InstanceReader, type InstanceLimits } from './dicom/instance/instance-reader';
export {
  indexedAttributes,
  REQUEST_ATTRIBUTES,
  requestAttributes,
  type IndexedAttribute,
  type IndexLevel,
} from './dicom/instance/indexed-attributes';
export type { JsonAttributes, JsonElement, JsonPersonName, JsonValue } from './dicom/instance/json-element';
export { readPart10Head, type Part10Head } from './dicom/instance/part10-head';
export { dicomJsonText, inOrder } from './dicom/json/dicom-json-text';
export type { DicomJson, DicomJsonElement, DicomJsonValue } from './dicom/json/dicom-json';
export { RENDERED_TYPES, type RenderedType, type Rendering, type Viewport } from './dicom/render/render-frame';
export { TRANSFER_SYNTAXES, type Codec, type TransferSyntax } from './dicom/transfer-syntaxes';
export { InstancePool, type InstancePoolOptions } from './dicom/web/instance-pool';
export { toDicomJson, type JsonOptions } from './dicom/json/to-dicom-json';
export { ALL_ELEMENTS, readDataSet, type Encoding } from './dicom/read-data-set';
export { writeDataSet, type WrittenEncoding } from './dicom/write/write-data-set';
export type { DataSetOut, ElementOut } from './dicom/write/element';
export { copyElements } from './dicom/write/copy-elements';
export {
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  uidFrom,
  writePart10,
} from './dicom/write/write-part10';
export { resultObjects } from './objects/result-objects';
export { ResultWriter, type ResultWriterOptions } from './objects/result-writer';
export type {
  Predecessor,
  ResultEquipment,
  ResultInput,
  ResultKind,
  ResultObject,
  ResultRun,
  SourceInstance,
} from './objects/result-input';
export { giveWay } from './threads/give-way';
