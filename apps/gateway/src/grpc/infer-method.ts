import { InferResponse, MedServeService, Tensor } from '@medserve/contracts';
import { FramePayload, lengthPrefix } from '@medserve/rpc';
import { decodeInferRequest } from './decode-infer-request';

const ANSWER = 2;
const TENSORS = 3;
const TENSOR_DATA = 4;
const NOTHING = new Uint8Array();

/**
 * An answer as protobuf, in parts: the document and the tensors stay where they are, and are copied once, behind the prefix of
 * the gRPC message. The generated encoder copies a tensor into its message, that into the answer, and that into a buffer.
 */
export function encodeInferResponse({ id, answer, tensors }: InferResponse): FramePayload {
  const parts: Uint8Array[] = [InferResponse.encode({ id, answer: NOTHING, tensors: [] }).finish()];
  if (answer.byteLength > 0) parts.push(lengthPrefix(ANSWER, answer.byteLength), answer);
  for (const { name, datatype, shape, data } of tensors) {
    const header = Tensor.encode({ name, datatype, shape, data: NOTHING }).finish();
    const start = data.byteLength === 0 ? NOTHING : lengthPrefix(TENSOR_DATA, data.byteLength);
    const size = header.byteLength + start.byteLength + data.byteLength;
    parts.push(lengthPrefix(TENSORS, size), header, start, data);
  }
  return new FramePayload(parts);
}

/** The native service, with bounded requests, and with our own encoder where tensors pass. */
export const MEDSERVE_SERVICE: typeof MedServeService = {
  ...MedServeService,
  inferStream: { ...MedServeService.inferStream, requestDeserialize: decodeInferRequest },
  infer: {
    ...MedServeService.infer,
    requestDeserialize: decodeInferRequest,
    // grpc-js takes a message's length and has it copy itself; a `FramePayload` can do that without being one Buffer first.
    responseSerialize: (response) => encodeInferResponse(response) as unknown as Buffer,
  },
};
