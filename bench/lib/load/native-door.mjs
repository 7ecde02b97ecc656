import contracts from '@medserve/contracts';
import { bytesOf } from '../tensors.mjs';

const { InferRequest, InferResponse, RequestClass } = contracts;

/**
 * The native gRPC service: raw tensors to a named model, past recipe and reader.
 *
 * @param openDoor the caller on the wire
 */
export function openNativeDoor(target, openDoor) {
  const door = openDoor(target, {
    method: '/medserve.v1.MedServe/Infer',
    isAnswer: (bytes) => InferResponse.decode(bytes).tensors.length > 0,
  });
  return {
    ...door,
    encode: ({ model, inputs, requestClass, deadlineMs = 0 }) =>
      Buffer.from(
        InferRequest.encode({
          ...InferRequest.decode(new Uint8Array()),
          model,
          requestClass: RequestClass[(requestClass ?? 'unspecified').toUpperCase()],
          deadlineMs,
          tensors: inputs.map((input) => ({ ...input, data: bytesOf(input) })),
        }).finish(),
      ),
  };
}
