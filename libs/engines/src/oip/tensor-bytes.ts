import { ELEMENT_ARRAYS, elementCount, type AnyTensor, type Datatype, type Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { TensorSpec } from '../engine';

/* The binary form of a tensor in the Open Inference Protocol: little-endian, row-major, nothing between elements. This code
   runs on little-endian machines, as Node and ONNX Runtime do. */

const LENGTH_BYTES = 4;

const wrong = (cause?: unknown): ServingError =>
  new ServingError('inference_failed', 'The server of the pool answers with tensors that are not what they say.', {
    cause,
  });

function textBytes(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8');
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(bytes.byteLength);
      return [length, bytes];
    }),
  );
}

export function bytesOf(tensor: AnyTensor): Buffer {
  if (tensor.datatype === 'BYTES') return textBytes(tensor.data);
  const { buffer, byteOffset, byteLength } = tensor.data;
  return Buffer.from(buffer, byteOffset, byteLength);
}

function textsIn(bytes: Buffer): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    if (bytes.byteLength - at < LENGTH_BYTES) throw wrong();
    const from = at + LENGTH_BYTES;
    const to = from + bytes.readUInt32LE(at);
    if (to > bytes.byteLength) throw wrong();
    texts.push(bytes.toString('utf8', from, to));
    at = to;
  }
  return texts;
}

/** @throws ServingError `inference_failed` when there are more or fewer elements than the shape says */
export function tensorIn(bytes: Buffer, { name, datatype }: TensorSpec, shape: readonly number[]): AnyTensor {
  const count = elementCount(shape);
  if (datatype === 'BYTES') {
    const data = textsIn(bytes);
    if (data.length !== count) throw wrong();
    return { name, datatype, shape, data };
  }
  const array = ELEMENT_ARRAYS[datatype];
  if (bytes.byteLength !== count * array.BYTES_PER_ELEMENT) throw wrong();
  // A copy: typed arrays begin at multiples of their elements' size, and the rest of the answer is let go.
  return { name, datatype, shape, data: new array(Uint8Array.from(bytes).buffer) };
}

function flat(data: unknown, into: unknown[], depth = 0): unknown[] {
  if (!Array.isArray(data) || depth > 16) {
    into.push(data);
    return into;
  }
  for (const element of data) flat(element, into, depth + 1);
  return into;
}

/** Numbers as JSON has them; 64-bit integers as bigint. @throws when an element is none */
function numberOf(element: unknown, datatype: Datatype): number | bigint {
  if (datatype === 'INT64' || datatype === 'UINT64') {
    if (typeof element === 'bigint' || Number.isSafeInteger(element)) return BigInt(element as bigint | number);
    throw wrong();
  }
  if (datatype === 'BOOL' && typeof element === 'boolean') return Number(element);
  if (typeof element === 'number') return element;
  if (typeof element === 'bigint') return Number(element);
  throw wrong();
}

/**
 * @param data flat or nested
 * @throws ServingError `inference_failed` when it is not what the specification and the shape say
 */
export function tensorOfJson(data: unknown, { name, datatype }: TensorSpec, shape: readonly number[]): AnyTensor {
  const elements = flat(data, []);
  // A tensor without axes is one element, which some servers send bare.
  if (elements.length !== elementCount(shape)) throw wrong();
  if (datatype === 'BYTES') {
    if (!elements.every((element) => typeof element === 'string')) throw wrong();
    return { name, datatype, shape, data: elements };
  }
  const numbers = elements.map((element) => numberOf(element, datatype));
  const array = ELEMENT_ARRAYS[datatype];
  return { name, datatype, shape, data: (array.from as (of: never[]) => Tensor['data'])(numbers as never[]) };
}

/** As JSON text, row-major: `JSON.stringify` takes no 64-bit integers. @throws ServingError `invalid_request` for what JSON has not */
export function jsonOf(tensor: AnyTensor): string {
  if (tensor.datatype === 'BYTES') return JSON.stringify(tensor.data);
  if (tensor.datatype === 'FP16') throw noJson(tensor.name);
  const numbers: ArrayLike<number | bigint> = tensor.data;
  const texts = Array.from(numbers, (value) => {
    if (tensor.datatype === 'BOOL') return String(value !== 0);
    if (typeof value === 'number' && !Number.isFinite(value)) throw noJson(tensor.name);
    return Object.is(value, -0) ? '-0.0' : String(value);
  });
  return `[${texts.join(',')}]`;
}

const noJson = (name: string): ServingError =>
  new ServingError(
    'invalid_request',
    'The servers of the model take JSON only, which has no half floats, NaN and infinity.',
    {
      field: 'tensors.data',
      limit: `tensor: ${name}`,
    },
  );
