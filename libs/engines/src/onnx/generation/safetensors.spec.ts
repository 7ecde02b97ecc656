import { writeSafetensors } from '@medserve/testkit';
import { readSafetensors } from './safetensors';

const FILE = writeSafetensors([
  { name: 'a', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: 'b', shape: [1], values: Float32Array.of(7) },
]);

/** The file with another header, and the same numbers. */
function withHeader(header: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), FILE.subarray(-28)]);
}

const tensor = (rest: object) => JSON.stringify({ a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24], ...rest } });

describe('a file of adapters', () => {
  it('is read by the names of its tensors', () => {
    expect(readSafetensors('x', FILE)).toEqual(
      new Map([
        ['a', { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ['b', { shape: [1], values: Float32Array.of(7) }],
      ]),
    );
  });

  it('may say more of itself', () => {
    const header = tensor({}).replace('{', '{"__metadata__":{"by":"somebody"},');
    expect([...readSafetensors('x', withHeader(header)).keys()]).toEqual(['a']);
  });

  it.each([
    ['too short', FILE.subarray(0, 7)],
    ['cut in its header', FILE.subarray(0, 20)],
    ['cut in its numbers', FILE.subarray(0, -1)],
    ['a header that is no JSON', withHeader('{')],
    ['a header that is no object', withHeader('7')],
    ['other numbers', withHeader(tensor({ dtype: 'F16' }))],
    ['a shape that lies', withHeader(tensor({ shape: [2, 4] }))],
    ['numbers from before the first', withHeader(tensor({ data_offsets: [-8, 16] }))],
    ['numbers beyond the last', withHeader(tensor({ data_offsets: [8, 32] }))],
    ['a header of gigabytes', Buffer.concat([Buffer.alloc(8, 0xff), FILE])],
  ])('is broken: %s', (_, bytes) => {
    expect(() => readSafetensors('adapters/x', bytes)).toThrow(
      expect.objectContaining({
        reason: 'model_broken',
        message: expect.stringContaining('adapters/x') as string,
      }) as Error,
    );
  });
});
