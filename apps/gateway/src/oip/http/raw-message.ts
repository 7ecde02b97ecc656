import { ServingError } from '@medserve/errors';
import { elementCount, isDatatype } from '@medserve/clinical';
import { bytesPerElement, encodeTexts, tensorBytesOf, type TensorBytes } from '@medserve/rpc';
import type { TensorMetadata } from '../ports';
import { readRequestParameters } from '../request-parameters';
import type { InferenceMessage } from './inference-message';

/**
 * A body that is nothing but the bytes of the model's only input (binary tensor data extension, "Raw Binary Request"): the size
 * of its one free dimension follows from their number. Of BYTES the whole body is one element. All outputs come back binary.
 *
 * @throws ServingError `invalid_request` for a model with other inputs, and bytes that do not make whole rows
 */
export function parseRawInference(body: Buffer, inputs: readonly TensorMetadata[]): InferenceMessage {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw invalid('A body without JSON goes to models with exactly one input.');
  }
  return {
    request: { id: undefined, ...readRequestParameters(new Map()), inputs: [rawTensor(body, input)], outputs: [] },
    isBinary: () => true,
  };
}

function rawTensor(body: Buffer, { name, datatype, shape }: TensorMetadata): TensorBytes {
  if (!isDatatype(datatype)) throw invalid('The datatype of the input is not known here.');
  if (shape.filter((size) => size < 0).length > 1) {
    throw invalid('A body without JSON goes to models whose input has at most one free dimension.');
  }
  const perStep = elementCount(shape.map((size) => (size < 0 ? 1 : size)));
  const given = datatype === 'BYTES' ? 1 : body.length / bytesPerElement(datatype);
  const steps = given / perStep;
  const whole = shape.map((size) => (size < 0 ? steps : size));
  return tensorBytesOf({ name, datatype, shape: whole }, datatype === 'BYTES' ? encodeTexts([body]) : body);
}

const invalid = (detail: string): ServingError =>
  new ServingError('invalid_request', detail, { field: 'Inference-Header-Content-Length' });
