import { backOffMs } from './back-off';

describe('backOffMs', () => {
  it.each([
    ['a second at first', 1, 0, undefined, 1_000],
    ['twice as long each time', 4, 0, undefined, 8_000],
    ['a minute at most', 40, 0, undefined, 60_000],
    ['up to half of it less', 4, 1, undefined, 4_000],
    ['what was asked for', 1, 0, 40_000, 40_000],
    ['no more than five minutes of it, as a quota may be raised', 1, 0, 86_400_000, 300_000],
  ])('waits %s', (_, attempts, random, atLeastMs, expected) => {
    expect(backOffMs(attempts, () => random, atLeastMs)).toBe(expected);
  });
});
