import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ServingError } from '@medserve/errors';
import { eachField, tooMany } from './fields';

/*
 * `InferTensorContents`: tensors as repeated protobuf fields, one field for several datatypes. Converted to the raw form, in
 * which everything else here knows tensors. FP16 and BF16 have no field.
 */

type Field = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

interface Integers<Value extends number | bigint> {
  readonly kind: 'integers';
  readonly field: Field;
  readonly array: new (length: number) => { [index: number]: Value; readonly buffer: ArrayBufferLike };
  readonly bytesPerElement: number;
  readonly read: (reader: BinaryReader) => Value;
}

/** Packed floats are the raw form already. */
interface Floats {
  readonly kind: 'floats';
  readonly field: Field;
  readonly wireType: WireType.Bit32 | WireType.Bit64;
}

interface Texts {
  readonly kind: 'texts';
  readonly field: Field;
}

const integers = <Value extends number | bigint>(
  field: Field,
  array: Integers<Value>['array'] & { readonly BYTES_PER_ELEMENT: number },
  read: (reader: BinaryReader) => Value,
) => ({ kind: 'integers', field, array, bytesPerElement: array.BYTES_PER_ELEMENT, read }) as const;

const int32 = (reader: BinaryReader): number => reader.int32();
const uint32 = (reader: BinaryReader): number => reader.uint32();

const FIELDS: Readonly<Record<string, Integers<number> | Integers<bigint> | Floats | Texts>> = {
  BOOL: integers(1, Uint8Array, (reader) => Number(reader.bool())),
  INT8: integers(2, Int8Array, int32),
  INT16: integers(2, Int16Array, int32),
  INT32: integers(2, Int32Array, int32),
  INT64: integers(3, BigInt64Array, (reader) => BigInt(reader.int64())),
  UINT8: integers(4, Uint8Array, uint32),
  UINT16: integers(4, Uint16Array, uint32),
  UINT32: integers(4, Uint32Array, uint32),
  UINT64: integers(5, BigUint64Array, (reader) => BigInt(reader.uint64())),
  FP32: { kind: 'floats', field: 6, wireType: WireType.Bit32 },
  FP64: { kind: 'floats', field: 7, wireType: WireType.Bit64 },
  BYTES: { kind: 'texts', field: 8 },
};

const invalid = (detail: string, cause?: unknown) =>
  new ServingError('invalid_request', detail, { field: 'inputs.contents', cause });

/**
 * The contents of a tensor in raw form: little-endian; of BYTES each element behind its length.
 *
 * @param limitBytes how large the raw form may be: a one on the wire takes a byte, and eight as INT64
 * @throws ServingError `invalid_request` for contents of another datatype, numbers out of its range, a datatype without a field
 *   and bytes that are no contents; `too_large`
 */
export function rawOfContents(datatype: string, contents: Uint8Array, limitBytes: number): Uint8Array {
  const form = Object.hasOwn(FIELDS, datatype) ? FIELDS[datatype] : undefined;
  if (form === undefined)
    throw invalid('The contents of a tensor have a datatype that travels as raw contents only, or is not known.');
  try {
    switch (form.kind) {
      case 'integers':
        // The two kinds differ in nothing but the type of their numbers.
        return rawIntegers(form as Integers<number>, contents, limitBytes);
      case 'floats':
        return rawFloats(form, contents, limitBytes);
      case 'texts':
        return rawTexts(form, contents, limitBytes);
    }
  } catch (error) {
    if (error instanceof ServingError) throw error;
    throw invalid('The contents of a tensor are not well formed.', error);
  }
}

/** Shows each run of elements of a field: a packed one as a whole, one that is not packed by itself. */
function eachRun(contents: Uint8Array, wanted: Field, element: WireType, show: (run: Uint8Array) => void): void {
  eachField(contents, (field, wireType, reader) => {
    if (field > 8) return false;
    if (field !== wanted) throw invalid('The contents of a tensor are in a field that is not that of its datatype.');
    if (wireType === WireType.LengthDelimited) {
      show(reader.bytes());
      return true;
    }
    if (wireType !== element) throw invalid('The contents of a tensor are not well formed.');
    const start = reader.pos;
    reader.skip(wireType, field);
    show(contents.subarray(start, reader.pos));
    return true;
  });
}

function checkSize(bytes: number, limitBytes: number): void {
  if (bytes <= limitBytes) return;
  throw new ServingError('too_large', 'The contents of a tensor are too large.', {
    field: 'inputs.contents',
    limit: `contents: ${String(limitBytes)} bytes`,
  });
}

function rawIntegers(
  { field, array, bytesPerElement, read }: Integers<number>,
  contents: Uint8Array,
  limit: number,
): Uint8Array {
  let count = 0;
  eachRun(contents, field, WireType.Varint, (run) => {
    // The last byte of a number has no top bit.
    for (const byte of run) if (byte < 0x80) count += 1;
  });
  checkSize(count * bytesPerElement, limit);
  const elements = new array(count);
  let index = 0;
  eachRun(contents, field, WireType.Varint, (run) => {
    const reader = new BinaryReader(run);
    while (reader.pos < reader.len) {
      const value = read(reader);
      elements[index] = value;
      if (elements[index] !== value)
        throw invalid('A number in the contents of a tensor is out of the range of its datatype.');
      index += 1;
    }
  });
  return new Uint8Array(elements.buffer);
}

function rawFloats({ field, wireType }: Floats, contents: Uint8Array, limit: number): Uint8Array {
  let size = 0;
  let only: Uint8Array | undefined;
  eachRun(contents, field, wireType, (run) => {
    only = size === 0 ? run : undefined;
    size += run.byteLength;
  });
  // The usual case, one packed run, is taken where it lies.
  if (only !== undefined) return only;
  checkSize(size, limit);
  const raw = new Uint8Array(size);
  let position = 0;
  eachRun(contents, field, wireType, (run) => {
    raw.set(run, position);
    position += run.byteLength;
  });
  return raw;
}

const LENGTH_BYTES = 4;

/** An empty text is two bytes on the wire, and each is read by itself. */
const TEXT_LIMIT = 1024 * 1024;

function rawTexts({ field }: Texts, contents: Uint8Array, limit: number): Uint8Array {
  let size = 0;
  let count = 0;
  eachRun(contents, field, WireType.LengthDelimited, (text) => {
    count += 1;
    if (count > TEXT_LIMIT) throw tooMany('texts', TEXT_LIMIT);
    size += LENGTH_BYTES + text.byteLength;
  });
  checkSize(size, limit);
  const raw = Buffer.allocUnsafe(size);
  let position = 0;
  eachRun(contents, field, WireType.LengthDelimited, (text) => {
    position = raw.writeUInt32LE(text.byteLength, position);
    raw.set(text, position);
    position += text.byteLength;
  });
  return raw;
}
