import { podRange } from './pod-range';

describe('how many pods a platform may have', () => {
  it.each([
    ['0..4', { min: 0, max: 4 }],
    ['1', { min: 1, max: 1 }],
    ['2..2', { min: 2, max: 2 }],
  ])('%s', (text, range) => {
    expect(podRange(text)).toEqual(range);
  });

  it.each(['', '0', '0..0', '3..1', '1..33', '-1..2', '1...2', 'many', '1.5'])('is not %s', (text) => {
    expect(() => podRange(text)).toThrow('MIN..MAX');
  });
});
