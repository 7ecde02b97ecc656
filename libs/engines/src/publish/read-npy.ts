import { open } from 'node:fs/promises';
import { elementCount, type Datatype, type SampleArray, type Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';

interface ArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): SampleArray;
}

/** Little-endian types of NumPy, in C order. */
const TYPES: ReadonlyMap<string, readonly [Datatype, ArrayType]> = new Map<string, readonly [Datatype, ArrayType]>([
  ['|b1', ['BOOL', Uint8Array]],
  ['|u1', ['UINT8', Uint8Array]],
  ['<u2', ['UINT16', Uint16Array]],
  ['<u4', ['UINT32', Uint32Array]],
  ['<u8', ['UINT64', BigUint64Array]],
  ['|i1', ['INT8', Int8Array]],
  ['<i2', ['INT16', Int16Array]],
  ['<i4', ['INT32', Int32Array]],
  ['<i8', ['INT64', BigInt64Array]],
  ['<f2', ['FP16', Uint16Array]],
  ['<f4', ['FP32', Float32Array]],
  ['<f8', ['FP64', Float64Array]],
]);

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const MAX_BYTES = 2 ** 31;
const PREFIX_BYTES = 10;

/**
 * Reads a tensor as numpy.save writes it (NumPy's format, version 1.0 and 2.0).
 *
 * @throws ServingError `invalid_request` when the file is none, or of a type or order that is not read here
 */
export async function readNpy(path: string, name: string): Promise<Tensor> {
  const wrong = (why: string): ServingError =>
    new ServingError('invalid_request', `${path} cannot be read as the input "${name}": ${why}.`);
  const file = await open(path).catch((error: unknown) => {
    throw new ServingError('invalid_request', `${path} cannot be read.`, { cause: error });
  });
  try {
    if ((await file.stat()).size > MAX_BYTES) throw wrong('it is larger than 2 GiB');
    const bytes = await file.readFile();
    if (bytes.length < PREFIX_BYTES + 2 || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
      throw wrong('it is no .npy file');
    const isLong = (bytes[MAGIC.length] ?? 1) > 1;
    const begin = isLong ? PREFIX_BYTES + 2 : PREFIX_BYTES;
    const data = begin + (isLong ? bytes.readUInt32LE(PREFIX_BYTES - 2) : bytes.readUInt16LE(PREFIX_BYTES - 2));
    const header = bytes.toString('latin1', begin, data);
    const [, descr = ''] = /'descr':\s*'([^']*)'/.exec(header) ?? [];
    const [, sizes] = /'shape':\s*\(([0-9, ]*)\)/.exec(header) ?? [];
    const type = TYPES.get(descr);
    if (!type) throw wrong(`the type "${descr}" is not read here`);
    if (sizes === undefined || !/'fortran_order':\s*False/.test(header)) throw wrong('it is not in C order');
    const shape = sizes
      .split(',')
      .map((size) => size.trim())
      .filter((size) => size !== '')
      .map(Number);
    const count = elementCount(shape);
    const [datatype, Type] = type;
    if (bytes.length - data !== count * Type.BYTES_PER_ELEMENT) throw wrong('it is not as long as its shape says');
    return { name, datatype, shape, data: new Type(new Uint8Array(bytes.subarray(data)).buffer, 0, count) };
  } finally {
    await file.close();
  }
}
