import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InferTensorContents } from '@medserve/contracts/oip';
import { decodeTexts } from '@medserve/rpc';
import fc from 'fast-check';
import { rawOfContents } from './typed-contents';

const NONE: InferTensorContents = {
  boolContents: [],
  intContents: [],
  int64Contents: [],
  uintContents: [],
  uint64Contents: [],
  fp32Contents: [],
  fp64Contents: [],
  bytesContents: [],
};
const LIMIT = 1 << 20;
const raw = (datatype: string, contents: Partial<InferTensorContents>): Uint8Array =>
  rawOfContents(datatype, InferTensorContents.encode({ ...NONE, ...contents }).finish(), LIMIT);

const asBytes = (array: { buffer: ArrayBufferLike }): number[] => [...new Uint8Array(array.buffer)];
const list = (element: fc.Arbitrary<number>) => fc.array(element, { maxLength: 20 });

const refusal = (what: object): Error => expect.objectContaining(what) as Error;

describe('typed contents', () => {
  it.each([
    ['BOOL', 'boolContents', fc.boolean(), (values: never[]) => Uint8Array.from(values)],
    ['INT8', 'intContents', fc.integer({ min: -128, max: 127 }), (values: never[]) => Int8Array.from(values)],
    ['INT16', 'intContents', fc.integer({ min: -32768, max: 32767 }), (values: never[]) => Int16Array.from(values)],
    ['INT32', 'intContents', fc.integer(), (values: never[]) => Int32Array.from(values)],
    ['INT64', 'int64Contents', fc.maxSafeInteger(), (values: never[]) => BigInt64Array.from(values.map(BigInt))],
    ['UINT8', 'uintContents', fc.nat({ max: 255 }), (values: never[]) => Uint8Array.from(values)],
    ['UINT16', 'uintContents', fc.nat({ max: 65535 }), (values: never[]) => Uint16Array.from(values)],
    ['UINT32', 'uintContents', fc.nat({ max: 0xffffffff }), (values: never[]) => Uint32Array.from(values)],
    ['UINT64', 'uint64Contents', fc.maxSafeNat(), (values: never[]) => BigUint64Array.from(values.map(BigInt))],
    ['FP32', 'fp32Contents', fc.float(), (values: never[]) => Float32Array.from(values)],
    ['FP64', 'fp64Contents', fc.double(), (values: never[]) => Float64Array.from(values)],
  ] as const)('become the raw form of %s', (datatype, field, element, expected) => {
    fc.assert(
      fc.property(list(element as fc.Arbitrary<number>), (values) => {
        expect([...raw(datatype, { [field]: values })]).toEqual(asBytes(expected(values as never[])));
      }),
    );
  });

  it('put the length before each text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), (texts) => {
        expect(decodeTexts(raw('BYTES', { bytesContents: texts.map((text) => Buffer.from(text)) }))).toEqual(texts);
      }),
    );
  });

  it('may be packed, single, or both in turn', () => {
    const mixed = new BinaryWriter();
    const single = (field: number, wireType: WireType) => mixed.uint32((field << 3) | wireType);
    single(6, WireType.Bit32).float(1.5);
    mixed
      .uint32((6 << 3) | WireType.LengthDelimited)
      .fork()
      .float(2.5)
      .float(3.5)
      .join();
    single(6, WireType.Bit32).float(4.5);
    expect([...rawOfContents('FP32', mixed.finish(), LIMIT)]).toEqual(asBytes(Float32Array.of(1.5, 2.5, 3.5, 4.5)));

    const integers = new BinaryWriter().uint32((2 << 3) | WireType.Varint).int32(-1);
    integers
      .uint32((2 << 3) | WireType.LengthDelimited)
      .fork()
      .int32(300)
      .join();
    expect([...rawOfContents('INT16', integers.finish(), LIMIT)]).toEqual(asBytes(Int16Array.of(-1, 300)));
  });

  it('keep 64-bit integers to the last digit', () => {
    const contents = new BinaryWriter()
      .uint32((5 << 3) | WireType.Varint)
      .uint64(2n ** 64n - 1n)
      .finish();
    expect([...rawOfContents('UINT64', contents, LIMIT)]).toEqual(asBytes(BigUint64Array.of(2n ** 64n - 1n)));
  });

  it.each([
    ['a number out of range', 'INT8', { intContents: [128] }],
    ['a field of another datatype', 'INT32', { fp32Contents: [1] }],
    ['a datatype without a field', 'FP16', { fp32Contents: [1] }],
    ['an unknown datatype', 'constructor', {}],
  ])('are refused for %s', (_what, datatype, contents) => {
    expect(() => raw(datatype, contents)).toThrow(refusal({ reason: 'invalid_request' }));
  });

  it('are refused when they would grow beyond the limit', () => {
    const contents = InferTensorContents.encode({ ...NONE, int64Contents: new Array<number>(100).fill(1) }).finish();
    expect(() => rawOfContents('INT64', contents, 799)).toThrow(refusal({ reason: 'too_large' }));
    expect(rawOfContents('INT64', contents, 800)).toHaveLength(800);
  });

  it('are refused when they are not well formed, and nothing else goes wrong', () => {
    const datatypes = ['BOOL', 'INT8', 'INT64', 'UINT32', 'FP32', 'FP64', 'BYTES'];
    fc.assert(
      fc.property(fc.constantFrom(...datatypes), fc.uint8Array({ maxLength: 40 }), (datatype, bytes) => {
        try {
          rawOfContents(datatype, bytes, LIMIT);
        } catch (error) {
          expect(error).toEqual(refusal({ reason: expect.stringMatching(/^(invalid_request|too_large)$/) as string }));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are refused when they have more texts than are read one by one', () => {
    const empty = Buffer.alloc(2 * (1024 * 1024 + 1));
    for (let index = 0; index < empty.length; index += 2) empty[index] = (8 << 3) | 2;
    expect(() => rawOfContents('BYTES', empty, LIMIT * 100)).toThrow(
      refusal({ reason: 'too_large', limit: 'texts: 1048576' }),
    );
  });
});
