import type { AnyTensor, Datatype } from '@medserve/clinical';
import { tensorBytes, type TensorBytes } from '@medserve/rpc';
import fc from 'fast-check';
import { readJsonTensor } from './json-tensor';
import { parseJson } from '../../http/parse-json';
import { writeJsonData } from './write-json-data';

/** Through JSON and back. */
function thereAndBack(tensor: TensorBytes): TensorBytes {
  const { name, datatype, shape } = tensor;
  const { document, exactly } = parseJson(Buffer.from(writeJsonData(tensor)), 1e6);
  return readJsonTensor({ name, datatype, shape, data: document }, exactly);
}

const read = (datatype: string, shape: number[], text: string): TensorBytes => {
  const { document, exactly } = parseJson(Buffer.from(text), 1e6);
  return readJsonTensor({ name: 'x', datatype, shape, data: document }, exactly);
};
const signed = (bits: number) => ({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const unsigned = (bits: number) => ({ min: 0, max: 2 ** bits - 1 });
const finite = { noNaN: true, noDefaultInfinity: true };

const TENSORS: Record<Exclude<Datatype, 'FP16'> | 'BYTES', fc.Arbitrary<AnyTensor['data']>> = {
  BOOL: fc.array(fc.boolean()).map((values) => Uint8Array.from(values, Number)),
  INT8: fc.array(fc.integer(signed(8))).map((values) => Int8Array.from(values)),
  INT16: fc.array(fc.integer(signed(16))).map((values) => Int16Array.from(values)),
  INT32: fc.array(fc.integer(signed(32))).map((values) => Int32Array.from(values)),
  INT64: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map((values) => BigInt64Array.from(values)),
  UINT8: fc.array(fc.integer(unsigned(8))).map((values) => Uint8Array.from(values)),
  UINT16: fc.array(fc.integer(unsigned(16))).map((values) => Uint16Array.from(values)),
  UINT32: fc.array(fc.integer(unsigned(32))).map((values) => Uint32Array.from(values)),
  UINT64: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map((values) => BigUint64Array.from(values)),
  FP32: fc.array(fc.float(finite)).map((values) => Float32Array.from(values)),
  FP64: fc.array(fc.double(finite)).map((values) => Float64Array.from(values)),
  BYTES: fc.array(fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed())),
};

describe('a tensor in JSON', () => {
  it.each(Object.entries(TENSORS))('has the same bits afterwards: %s', (datatype, values) => {
    fc.assert(
      fc.property(values, (data) => {
        const tensor = tensorBytes({ name: 'x', datatype, shape: [data.length], data } as AnyTensor);
        expect(Buffer.from(thereAndBack(tensor).bytes)).toEqual(Buffer.from(tensor.bytes));
      }),
    );
  });

  it.each([
    ['flat', '[1, 2, 3, 4]'],
    ['nested as the shape says', '[[[1], [2]], [[3], [4]]]'],
  ])('may be %s', (_name, text) => {
    expect([...read('UINT8', [2, 2, 1], text).bytes]).toEqual([1, 2, 3, 4]);
  });

  it('is as short as its bits allow', () => {
    const tensor = tensorBytes({
      name: 'x',
      datatype: 'FP32',
      shape: [4],
      data: Float32Array.of(1.1, -0, 1e-30, 3e38),
    });
    expect(writeJsonData(tensor)).toBe('[1.1,-0.0,1e-30,3e+38]');
  });

  it.each<[string, string, number[], string]>([
    ['too few', 'INT32', [3], '[1, 2]'],
    ['too many', 'INT32', [1], '[1, 2]'],
    ['ragged lists', 'INT32', [2, 2], '[[1, 2, 3], [4]]'],
    ['lists where numbers belong', 'INT32', [2], '[[1], [2]]'],
    ['lists in the place of the last numbers', 'INT32', [2, 2], '[1, 2, 3, [4]]'],
    ['no list', 'INT32', [1], '7'],
    ['a text for a number', 'INT32', [1], '["7"]'],
    ['a fraction for an integer', 'INT64', [1], '[1.5]'],
    ['a number for a truth', 'BOOL', [1], '[1]'],
    ['a number for a text', 'BYTES', [1], '[1]'],
    ['half a character', 'BYTES', [1], String.raw`["\ud800"]`],
    ['null', 'FP32', [1], '[null]'],
    ['a number above the range', 'INT8', [1], '[128]'],
    ['a number below the range', 'UINT64', [1], '[-1]'],
    ['an integer of too many digits', 'UINT64', [1], `[${'9'.repeat(5_000)}]`],
    ['a 64-bit integer just above the range', 'INT64', [1], '[9223372036854775808]'],
    ['a float above the range', 'FP32', [1], '[3.5e38]'],
    ['a double above the range', 'FP64', [1], '[1e400]'],
    ['half precision', 'FP16', [1], '[1]'],
    ['a datatype that is none', 'INT7', [1], '[1]'],
    ['a negative dimension', 'INT32', [-1], '[]'],
    ['a product beyond all numbers', 'INT32', [2 ** 40, 2 ** 40], '[1]'],
    ['a dimension that is no whole number', 'INT32', [1.5], '[1]'],
  ])('is refused with %s', (_name, datatype, shape, text) => {
    expect(() => read(datatype, shape, text)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it.each<[string, AnyTensor]>([
    ['half precision', { name: 'y', datatype: 'FP16', shape: [1], data: Uint16Array.of(1) }],
    ['NaN', { name: 'y', datatype: 'FP32', shape: [1], data: Float32Array.of(NaN) }],
    ['an infinity', { name: 'y', datatype: 'FP64', shape: [1], data: Float64Array.of(-Infinity) }],
  ])('cannot say %s, and says how else it can be had', (_name, tensor) => {
    expect(() => writeJsonData(tensorBytes(tensor))).toThrow(
      expect.objectContaining({ reason: 'invalid_request', remedy: 'Ask for it with "binary_data": true.' }) as Error,
    );
  });

  it('cannot say bytes that are not UTF-8', () => {
    const bytes = Buffer.from([2, 0, 0, 0, 0xff, 0xfe]);
    expect(() => writeJsonData({ name: 'y', datatype: 'BYTES', shape: [1], bytes })).toThrow(/UTF-8/);
  });
});

describe('a wide integer that is written otherwise', () => {
  const wide = (text: string): bigint => {
    const { bytes } = read('INT64', [1], `[${text}]`);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
  };

  it.each([
    ['9.007199254740993e15', 9007199254740993n],
    ['9007199254740993.0', 9007199254740993n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['-92233720368547758080e-1', -(2n ** 63n)],
    ['1E18', 10n ** 18n],
    ['5e0', 5n],
  ])('%s is read to the last digit', (text, value) => {
    expect(wide(text)).toBe(value);
  });

  it.each(['9007199254740993.5', '1.5', '1e19', '1e400', '9223372036854775808'])('%s is refused', (text) => {
    expect(() => wide(text)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });
});
