import { bytesOf } from '../tensors.mjs';

function varint(value) {
  const bytes = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

const field = (number, content) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
};

/** `inference.ModelInferRequest` with raw contents; the field numbers are those of Triton's grpc_service.proto. */
const encode = ({ model, inputs }) =>
  Buffer.concat([
    field(1, model),
    ...inputs.map(({ name, datatype, shape }) =>
      field(5, Buffer.concat([field(1, name), field(2, datatype), field(3, Buffer.concat(shape.map(varint)))])),
    ),
    ...inputs.map((input) => field(7, bytesOf(input))),
  ]);

/** `raw_output_contents` is the field with the highest number: an answer without it ends in another. */
const RAW_OUTPUT_TAG = (6 << 3) | 2;
function hasRawOutput(bytes) {
  let at = 0;
  const number = () => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    // Every field of the answer is length-delimited.
    const length = number();
    if (tag === RAW_OUTPUT_TAG && length > 0) return true;
    at += length;
  }
  return false;
}

/**
 * Open Inference Protocol over gRPC, as Triton's and KServe's SDKs speak it.
 *
 * @param openDoor the caller on the wire
 */
export const openOipGrpcDoor = (target, openDoor) => ({
  ...openDoor(target, { method: '/inference.GRPCInferenceService/ModelInfer', isAnswer: hasRawOutput }),
  encode,
});
