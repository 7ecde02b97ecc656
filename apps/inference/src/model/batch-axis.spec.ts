import type { AnyTensor, Tensor } from '@medserve/clinical';
import fc from 'fast-check';
import { joinRows, splitRows } from './batch-axis';

const matrix = (values: readonly number[], columns: number): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length / columns, columns],
  data: Float32Array.from(values),
});
const texts = (...data: string[]): AnyTensor => ({ name: 't', datatype: 'BYTES', shape: [data.length, 1], data });

describe('joinRows and splitRows', () => {
  it('give everyone back exactly what went in, whoever shared the batch', () => {
    const request = fc.integer({ min: 1, max: 4 }).chain((rows) =>
      fc.record({
        numbers: fc.array(fc.float({ noNaN: true }), { minLength: 3 * rows, maxLength: 3 * rows }),
        words: fc.array(fc.string(), { minLength: rows, maxLength: rows }),
      }),
    );
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), (requests) => {
        const given = requests.map(({ numbers, words }) => [matrix(numbers, 3), texts(...words)]);
        const rows = requests.map(({ words }) => words.length);
        expect(splitRows(joinRows(given), rows)).toEqual(given);
      }),
    );
  });

  it('copy nothing of a single request', () => {
    const tensors = [matrix([1, 2], 2)];
    expect(joinRows([tensors])).toBe(tensors);
  });

  it('give views of the outputs, not copies', () => {
    const output = matrix([1, 2, 3, 4], 2);
    const parts = splitRows([output], [1, 1]);
    expect(parts?.map(([part]) => (part?.data as Float32Array).buffer === output.data.buffer)).toEqual([true, true]);
  });

  it('keep rows without elements', () => {
    const empty = (rows: number): Tensor => ({ name: 'x', datatype: 'INT8', shape: [rows, 0], data: new Int8Array() });
    expect(joinRows([[empty(1)], [empty(2)]])).toEqual([empty(3)]);
    expect(splitRows([empty(3)], [1, 2])).toEqual([[empty(1)], [empty(2)]]);
  });

  it.each([
    ['another number of rows', [1, 2]],
    ['no axis at all', []],
  ])('cannot take apart an output with %s', (_, shape) => {
    expect(splitRows([{ ...matrix([1, 2], 2), shape }], [1, 1])).toBeUndefined();
  });
});
