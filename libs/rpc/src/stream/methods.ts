import type { MethodDefinition } from '@grpc/grpc-js';
import type { EncodedFrame } from '../frame/frame-payload';

/** A bidirectional method whose messages stay bytes on both sides: the codec is ours. What arrives is always a `Buffer`. */
export type FrameMethod = MethodDefinition<EncodedFrame, EncodedFrame>;

// grpc-js takes a message's length and has it copy itself; a `FramePayload` can do that without being one Buffer first.
const serialize = (frame: EncodedFrame) => frame as Buffer;
const deserialize = (bytes: Buffer) => bytes;

const method = (path: string): FrameMethod => ({
  path,
  requestStream: true,
  responseStream: true,
  requestSerialize: serialize,
  responseSerialize: serialize,
  requestDeserialize: deserialize,
  responseDeserialize: deserialize,
});

export const ROUTER_DISPATCH = method('/medserve.v1.Router/Dispatch');
export const MODEL_HOST_INFER = method('/medserve.v1.ModelHost/Infer');
