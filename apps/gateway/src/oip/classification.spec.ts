import { decodeTexts, tensorBytes } from '@medserve/rpc';
import type { AnyTensor } from '@medserve/clinical';
import fc from 'fast-check';
import { classify, type ClassificationOptions } from './classification';

const classesOf = (tensor: AnyTensor, options: Partial<ClassificationOptions>) => {
  const { datatype, shape, bytes } = classify(tensorBytes(tensor), {
    classes: 1,
    labels: [],
    isBatched: true,
    ...options,
  });
  expect(datatype).toBe('BYTES');
  return { shape, texts: decodeTexts(bytes) };
};
const scores = (values: number[], shape = [1, values.length]): AnyTensor => ({
  name: 'scores',
  datatype: 'FP32',
  shape,
  data: Float32Array.from(values),
});

describe('a classification', () => {
  it('names the best classes of a row, best first', () => {
    const labels = ['lung', 'heart', 'liver', 'spleen'];
    expect(classesOf(scores([0.1, 0.7, 0.05, 0.15]), { classes: 3, labels })).toEqual({
      shape: [1, 3],
      texts: ['0.7:1:heart', '0.15:3:spleen', '0.1:0:lung'],
    });
  });

  it('leaves out labels that are not there', () => {
    expect(classesOf(scores([1, 3, 2]), { classes: 2, labels: ['a'] }).texts).toEqual(['3:1', '2:2']);
  });

  it('gives every row of a batch its own, and one list to a tensor without a batch axis', () => {
    const four = scores([0, 1, 1, 0], [2, 2]);
    expect(classesOf(four, { classes: 1 })).toEqual({ shape: [2, 1], texts: ['1:1', '1:0'] });
    expect(classesOf(four, { classes: 3, isBatched: false })).toEqual({ shape: [3], texts: ['1:1', '1:2', '0:0'] });
  });

  it('gives all classes to who asks for more than there are', () => {
    expect(classesOf(scores([2, 1]), { classes: 10 }).shape).toEqual([1, 2]);
  });

  it('keeps all digits of a 64-bit integer, and reads half precision', () => {
    const wide: AnyTensor = {
      name: 'y',
      datatype: 'INT64',
      shape: [1, 2],
      data: BigInt64Array.of(2n ** 60n, 2n ** 60n + 1n),
    };
    expect(classesOf(wide, {}).texts).toEqual(['1152921504606846977:1']);
    const half: AnyTensor = {
      name: 'y',
      datatype: 'FP16',
      shape: [1, 3],
      data: Uint16Array.of(0x3c00, 0xc000, 0x3555),
    };
    expect(classesOf(half, { classes: 3 }).texts).toEqual(['1:0', '0.33325195:2', '-2:1']);
  });

  it('agrees with a sort, of equals the lower index first and what is no number last', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, Infinity, -Infinity));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 45 }), (row, classes) => {
        const rank = (score: number) => (Number.isNaN(score) ? -Infinity : score);
        const sorted = row
          .map((score, index) => ({ score, index }))
          .sort(
            (a, b) =>
              rank(b.score) - rank(a.score) ||
              Number(Number.isNaN(a.score)) - Number(Number.isNaN(b.score)) ||
              a.index - b.index,
          )
          .slice(0, classes);
        expect(classesOf(scores(row), { classes }).texts).toEqual(
          sorted.map(({ score, index }) => `${String(score)}:${String(index)}`),
        );
      }),
    );
  });

  it('refuses outputs that are no numbers', () => {
    const texts: AnyTensor = { name: 'y', datatype: 'BYTES', shape: [1, 1], data: ['a'] };
    expect(() => classesOf(texts, {})).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });
});
