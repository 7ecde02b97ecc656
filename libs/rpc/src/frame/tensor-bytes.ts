import {
  ELEMENT_ARRAYS,
  elementCount,
  isDatatype,
  type AnyDatatype,
  type AnyTensor,
  type Datatype,
  type Decoded,
  type DecodedHeader,
  type SampleArray,
  type Samples,
  type SampleType,
} from '@medserve/clinical';
import type { TensorHeader } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { countTexts, decodeTexts, encodeTexts } from './texts';

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

const SAMPLE_ARRAYS = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float32: Float32Array,
} as const satisfies Record<SampleType, ArrayType<Samples>>;

/** Bytes of one element of a tensor of numbers; elements of BYTES have lengths of their own. */
export const bytesPerElement = (datatype: Datatype): number => ELEMENT_ARRAYS[datatype].BYTES_PER_ELEMENT;

/** The array's bytes where they are; little-endian, as every machine that Node 24 runs on. */
export const bytesOf = (array: SampleArray): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A typed view of `bytes`; a copy where they do not lie on a boundary of the element size. */
function typed<T>(type: ArrayType<T>, bytes: Uint8Array, count: number): T {
  if (bytes.byteOffset % type.BYTES_PER_ELEMENT === 0)
    return new type(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
  // Neither `slice`, which of a Buffer is a view again, nor `from`, which takes three times as long.
  return new type(new Uint8Array(bytes).buffer, 0, count);
}

export const tensorHeader = ({
  name,
  datatype,
  shape,
}: Pick<AnyTensor, 'name' | 'datatype' | 'shape'>): TensorHeader => ({
  name,
  datatype,
  shape: [...shape],
});

/** The largest dimension, and the most elements where none of them is zero: what 32 bits count. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/** Whether a tensor may have this shape. One dimension of zero makes it empty, and must not hide that others are beyond measure. */
export const isShape = (shape: readonly number[]): boolean =>
  shape.every((size) => Number.isSafeInteger(size) && size >= 0) &&
  elementCount(shape.filter((size) => size > 0)) <= MOST_ELEMENTS;

/** A tensor whose elements nobody looks at on the way: its bytes, wherever they lie. */
export interface TensorBytes {
  readonly name: string;
  readonly datatype: AnyDatatype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * The tensor that `header` describes over `bytes`, which are not copied.
 *
 * @throws ServingError `invalid_request` when the datatype is unknown or the bytes are not what the shape needs.
 */
export function tensorBytesOf(header: TensorHeader, bytes: Uint8Array | undefined): TensorBytes {
  const { name, datatype, shape } = header;
  if (!isDatatype(datatype)) {
    throw new ServingError('invalid_request', 'A tensor has a datatype that is not known here.', {
      field: 'tensors.datatype',
      limit: `datatype: ${Object.keys(ELEMENT_ARRAYS).join(', ')}, BYTES`,
    });
  }
  if (!isShape(shape) || bytes === undefined || !holds(bytes, datatype, elementCount(shape))) {
    throw new ServingError('invalid_request', 'The bytes of a tensor are not as many as its shape and datatype need.', {
      field: 'tensors.data',
    });
  }
  return { name, datatype, shape, bytes };
}

const holds = (bytes: Uint8Array, datatype: AnyDatatype, count: number): boolean =>
  datatype === 'BYTES' ? countTexts(bytes) === count : bytes.byteLength === count * bytesPerElement(datatype);

/** The same with elements that can be read, without a copy where the bytes lie on a boundary of their size. */
export function tensorOf(header: TensorHeader, given: Uint8Array | undefined): AnyTensor {
  const { name, datatype, shape, bytes } = tensorBytesOf(header, given);
  if (datatype === 'BYTES') return { name, datatype, shape, data: decodeTexts(bytes) };
  const type: ArrayType<SampleArray> = ELEMENT_ARRAYS[datatype];
  return { name, datatype, shape, data: typed(type, bytes, elementCount(shape)) };
}

/** Header and samples of a decoded image, apart. */
export function splitDecoded(decoded: Decoded): { header: DecodedHeader; samples: Uint8Array } {
  const { samples, ...header } = decoded;
  return { header, samples: bytesOf(samples) };
}

/**
 * A decoded image from its header and its samples, without a copy where possible.
 *
 * @throws ServingError `invalid_request` when the samples are not as many as the header says.
 */
export function joinDecoded(header: DecodedHeader, bytes: Uint8Array | undefined): Decoded {
  const count =
    header.kind === 'picture'
      ? header.width * header.height * header.channels
      : header.slices * header.rows * header.columns;
  const type: ArrayType<Samples> = SAMPLE_ARRAYS[header.sampleType];
  if (bytes?.byteLength !== count * type.BYTES_PER_ELEMENT) {
    throw new ServingError('invalid_request', 'The samples of an image are not as many as its header says.');
  }
  return { ...header, samples: typed(type, bytes, count) };
}

/** A tensor's bytes: where they are, or, of texts, encoded. */
export const tensorBytes = ({ name, datatype, shape, data }: AnyTensor): TensorBytes => ({
  name,
  datatype,
  shape,
  bytes: datatype === 'BYTES' ? encodeTexts(data) : bytesOf(data),
});
