import { checkNumbers } from './check-feeds';

const tensor = (value: number) => ({
  name: 'y',
  datatype: 'FP32' as const,
  shape: [2],
  data: Float32Array.of(0, value),
});

describe('numbers that an answer is read from', () => {
  it('may be infinite, but not NaN', () => {
    expect(() => {
      checkNumbers([tensor(Number.POSITIVE_INFINITY)]);
    }).not.toThrow();
    expect(() => {
      checkNumbers([tensor(1), tensor(Number.NaN)]);
    }).toThrow('NaN');
  });
});
