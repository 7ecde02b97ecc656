import { ServingError } from '@medserve/errors';
import type { TensorBytes } from '@medserve/rpc';
import type { OipAnswer } from '../ports';
import { writeJsonData } from './write-json-data';

/** Of the outputs that are spelt in JSON together: their text is several times as large, and is made at one go. */
const SPELT_BYTES = 8 * 1024 * 1024;

export interface AnswerBody {
  readonly bytes: Buffer;
  /** Length of the JSON in front of the binary tensors; undefined: there are none. */
  readonly jsonLength: number | undefined;
}

/**
 * The body of an inference response: JSON, and behind it the outputs that were asked for as bytes, in the order in which the
 * JSON names them.
 *
 * @throws ServingError for an output that JSON cannot say; `too_large` for more than is spelt in JSON
 */
export function answerBody(answer: OipAnswer, isBinary: (output: string) => boolean): AnswerBody {
  checkSpelt(answer.outputs.filter(({ name }) => !isBinary(name)));
  const binary: Uint8Array[] = [];
  const outputs = answer.outputs.map((tensor) => {
    const head = headOf(tensor);
    if (!isBinary(tensor.name)) return `{${head},"data":${writeJsonData(tensor)}}`;
    binary.push(tensor.bytes);
    return `{${head},"parameters":{"binary_data_size":${String(tensor.bytes.byteLength)}}}`;
  });
  const { model, version, id, requestId } = answer;
  const names = `"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}`;
  const json = Buffer.from(`{${names},"id":${JSON.stringify(id ?? requestId)},"outputs":[${outputs.join(',')}]}`);
  if (binary.length === 0) return { bytes: json, jsonLength: undefined };
  return { bytes: Buffer.concat([json, ...binary]), jsonLength: json.length };
}

function checkSpelt(outputs: readonly TensorBytes[]): void {
  if (outputs.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) <= SPELT_BYTES) return;
  throw new ServingError('too_large', 'The outputs are too large to be told in JSON.', {
    field: 'outputs.parameters.binary_data',
    limit: `outputs as JSON: ${String(SPELT_BYTES)} bytes`,
    remedy: 'Ask for them with "binary_data": true.',
  });
}

const headOf = ({ name, datatype, shape }: TensorBytes): string =>
  `"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(',')}]`;
