import { WireType } from '@bufbuild/protobuf/wire';
import { InferRequest } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { DEFAULT_LIMITS } from '../infer/limits';
import { eachField, tooMany } from '../oip/grpc/wire/fields';
import { DIMENSION_LIMIT, TENSOR_LIMIT } from '../oip/limits';

const FIELD = { parameters: 5, files: 10, tensors: 11 } as const;
const SHAPE = 3;

const PARAMETERS_BYTES = 1 << 20;
/** Of a shape on the wire: ten bytes for the longest dimension. */
const SHAPE_BYTES = DIMENSION_LIMIT * 10;

function refuse(name: string, limit: string): never {
  throw new ServingError('too_large', `The ${name} of the request are too large.`, { field: name, limit });
}

function checkTensor(bytes: Uint8Array): void {
  let shapeBytes = 0;
  eachField(bytes, (field, wireType, reader) => {
    if (field !== SHAPE) return false;
    const start = reader.pos;
    reader.skip(wireType, field);
    shapeBytes += reader.pos - start;
    if (shapeBytes > SHAPE_BYTES) refuse('tensors.shape', `shape: ${String(SHAPE_BYTES)} bytes`);
    return true;
  });
}

/**
 * Reads an `InferRequest` whose lists are counted first: two bytes on the wire are enough for an entry that takes a hundred in
 * memory, and the memory is everybody's.
 *
 * @throws ServingError `too_large` naming the limit
 */
export function decodeInferRequest(bytes: Uint8Array): InferRequest {
  let files = 0;
  let tensors = 0;
  let parametersBytes = 0;
  eachField(bytes, (field, wireType, reader) => {
    if (wireType !== WireType.LengthDelimited) return false;
    if (field === FIELD.files) {
      files += 1;
      if (files > DEFAULT_LIMITS.files) throw tooMany('files', DEFAULT_LIMITS.files);
      return false;
    }
    if (field === FIELD.tensors) {
      tensors += 1;
      if (tensors > TENSOR_LIMIT) throw tooMany('tensors', TENSOR_LIMIT);
      checkTensor(reader.bytes());
      return true;
    }
    if (field === FIELD.parameters) {
      parametersBytes += reader.bytes().byteLength;
      if (parametersBytes > PARAMETERS_BYTES) refuse('parameters', `parameters: ${String(PARAMETERS_BYTES)} bytes`);
      return true;
    }
    return false;
  });
  return InferRequest.decode(bytes);
}
