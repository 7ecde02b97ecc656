import { ServingError } from '@medserve/errors';
import { elementCount, isDatatype } from '@medserve/clinical';
import { bytesPerElement, encodeTexts, tensorBytesOf, type CatalogueEntry, type TensorBytes } from '@medserve/rpc';
import type { TensorMetadata } from '../ports';
import { readRequestParameters } from '../request-parameters';
import type { InferenceMessage } from './inference-message';

export type RawModel = Pick<CatalogueEntry, 'inputs' | 'maxBatchSize'>;

/**
 * A body that is nothing but the bytes of the model's only input (binary tensor data extension, "Raw Binary Request"): one row
 * where the model takes rows, and the size of the one free dimension follows from their number. Of BYTES the whole body is one
 * element. All outputs come back binary.
 *
 * @throws ServingError `invalid_request` for a model with other inputs, and bytes that do not fill the shape
 */
export function parseRawInference(body: Buffer, { inputs, maxBatchSize }: RawModel): InferenceMessage {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw invalid('A body without JSON goes to models with exactly one input.');
  }
  const ofOne = maxBatchSize > 0 ? { ...input, shape: [1, ...input.shape.slice(1)] } : input;
  return {
    request: { id: undefined, ...readRequestParameters(new Map()), inputs: [rawTensor(body, ofOne)], outputs: [] },
    isBinary: () => true,
  };
}

function rawTensor(body: Buffer, { name, datatype, shape }: TensorMetadata): TensorBytes {
  if (!isDatatype(datatype)) throw invalid('The datatype of the input is not known here.');
  if (shape.filter((size) => size < 0).length > 1) {
    throw invalid('A body without JSON goes to models whose input has at most one free dimension besides its rows.');
  }
  const perStep = elementCount(shape.map((size) => (size < 0 ? 1 : size)));
  const given = datatype === 'BYTES' ? 1 : body.length / bytesPerElement(datatype);
  const steps = given / perStep;
  const whole = shape.map((size) => (size < 0 ? steps : size));
  return tensorBytesOf({ name, datatype, shape: whole }, datatype === 'BYTES' ? encodeTexts([body]) : body);
}

const invalid = (detail: string): ServingError =>
  new ServingError('invalid_request', detail, { field: 'Inference-Header-Content-Length' });
