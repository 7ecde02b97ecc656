import { hasFreeRows } from './load-model';

const tensor = (shape: number[]) => ({ name: 'x', datatype: 'FP32' as const, shape });

describe('hasFreeRows', () => {
  it.each([
    ['every tensor has a free first dimension', [[-1, 4]], [[-1, 2], [-1]], true],
    ['a rank is open, so that only a run can tell', [[-1, 4]], [[]], true],
    [
      'an input has a fixed number of rows',
      [
        [-1, 4],
        [1, 4],
      ],
      [[-1]],
      false,
    ],
    ['an output has a fixed number of rows', [[-1, 4]], [[8]], false],
  ])('when %s', (_, inputs, outputs, expected) => {
    expect(hasFreeRows({ inputs: inputs.map(tensor), outputs: outputs.map(tensor) })).toBe(expected);
  });
});
