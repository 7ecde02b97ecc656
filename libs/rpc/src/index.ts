export { callUnary, type UnaryOptions } from './client/call-unary';
export {
  NOTHING_KNOWN,
  reasonOfBroken,
  toModel,
  type CatalogueEntry,
  type CatalogueState,
  type LanguageEntry,
  type Serve,
  type TensorDescriptionEntry,
} from './client/catalogue';
export { readCatalogue, writeCatalogue } from './client/catalogue-json';
export {
  decodeRequest,
  decodeResult,
  encodeRequest,
  encodeResult,
  type DispatchInput,
  type DispatchRequest,
  type BatchShare,
  type DispatchResult,
  type OutgoingRequest,
  type ReceivedResult,
} from './client/dispatch';
export { parseAddressSource, type AddressSource } from './client/discovery/address-source';
export type { ResolveHost } from './client/discovery/resolve-host';
export { watchAddresses, type AddressWatchOptions, type KnownAddresses } from './client/discovery/watch-addresses';
export { toModelCard, type MeasuredEntry, type ModelCardEntry } from './client/model-card';
export { PodClient, type ModelKey, type ModelLoad, type PodTold } from './client/pod-client';
export { fromRequestClass, toRequestClass, type ClassName } from './client/request-class';
export {
  RouterClient,
  type CatalogueListener,
  type CatalogueStatus,
  type DemandListener,
  type DispatchOptions,
  type RouterClientOptions,
} from './client/router-client';
export { ScalerClient, type DecisionListener } from './client/scaler-client';
export type { Watch, WatchOptions } from './client/watch';
export { decodeFrame, peekFrame, type FrameKind, type FramePeek } from './frame/codec';
export { deltaFrame, errorOf, failureFrame, progressFrame } from './frame/failure-frame';
export { FramePayload, type EncodedFrame } from './frame/frame-payload';
export { giveBack } from './frame/give-back';
export { lengthPrefix } from './frame/length-prefix';
export { reparent } from './frame/reparent';
export {
  bytesOf,
  bytesPerElement,
  isShape,
  tensorBytes,
  tensorBytesOf,
  tensorHeader,
  tensorOf,
  type TensorBytes,
} from './frame/tensor-bytes';
export { decodeTexts, encodeTexts } from './frame/texts';
export { CallGate, type CallGateOptions } from './server/call-gate';
export { SERVICE_NAMES, type ServiceName } from './tls/service-identity';
export type { CertificateObserver, CertificateOptions } from './tls/certificate-files';
export { DoorTls } from './tls/door-tls';
export { clientOver, type Link } from './tls/link';
export { ServiceTls, type ServerSecurity } from './tls/service-tls';
export { hostPort, startGrpcServer, type GrpcServer, type GrpcServerOptions, type Listen } from './server/grpc-server';
export { duplexMethod, streamMethod, unaryMethod, type CallContext } from './server/handlers';
export type { ByteBudget } from './server/held-messages';
export { watchMethod, type Watched } from './server/watch-method';
export { addHealth, addReflection, type Health } from './server/health-and-reflection';
export type { ExchangeOptions } from './stream/exchange';
export { FrameStreamClient, type FrameStreamClientOptions } from './stream/frame-stream-client';
export { MODEL_HOST_INFER, ROUTER_DISPATCH, type FrameMethod } from './stream/methods';
export { serveFrames, type FrameHandler, type IncomingRequest, type ServeFramesOptions } from './stream/serve-frames';
