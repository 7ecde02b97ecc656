import { ServingError } from '@medserve/errors';
import { decodeTexts, tensorOf, type TensorBytes } from '@medserve/rpc';
import { shortFloat } from '../short-float';

/** Why an output cannot be told in JSON, and that it can be had otherwise. */
const notInJson = (name: string, why: string): ServingError =>
  new ServingError('invalid_request', `The output ${JSON.stringify(name)} ${why}`, {
    field: 'outputs.parameters.binary_data',
    remedy: 'Ask for it with "binary_data": true.',
  });

/**
 * The elements of an output as a flat JSON list in row-major order. FP32 numbers are as short as gives back the same bits, 64-bit
 * integers have all their digits.
 *
 * @throws ServingError `invalid_request` for what JSON cannot say: FP16, NaN and infinities, texts that are not UTF-8
 */
export function writeJsonData(tensor: TensorBytes): string {
  const { name, bytes } = tensor;
  if (tensor.datatype === 'BYTES') return textsOf(tensor);
  if (tensor.datatype === 'FP16') throw notInJson(name, 'is FP16, which has no JSON form.');
  const { datatype, data } = tensorOf({ ...tensor, shape: [...tensor.shape] }, bytes);
  if (datatype === 'BOOL') return JSON.stringify(Array.from(data as Uint8Array, (value) => value !== 0));
  if (datatype === 'FP32') return listOf(name, data as Float32Array, shortFloat);
  if (datatype === 'FP64') return listOf(name, data as Float64Array, (value) => value);
  return `[${data.join(',')}]`;
}

function listOf(name: string, data: Float32Array | Float64Array, spell: (value: number) => number): string {
  const values = new Array<number>(data.length);
  let hasNegativeZero = false;
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] as number;
    if (!Number.isFinite(value)) throw notInJson(name, 'holds a number that is not finite, which JSON cannot say.');
    hasNegativeZero ||= Object.is(value, -0);
    values[index] = spell(value);
  }
  if (!hasNegativeZero) return JSON.stringify(values);
  // `JSON.stringify` drops the sign of zero.
  return `[${values.map((value) => (Object.is(value, -0) ? '-0.0' : String(value))).join(',')}]`;
}

function textsOf({ name, bytes }: TensorBytes): string {
  let texts: string[];
  try {
    texts = decodeTexts(bytes);
  } catch {
    throw notInJson(name, 'holds bytes that are not UTF-8, which JSON cannot say.');
  }
  return JSON.stringify(texts);
}
