import { MOST_ENTRIES } from '../proof/check-range';
import { parseRange } from './parse-range';

describe('parseRange', () => {
  it('reads two places of the log, or one and whatever is signed', () => {
    expect(parseRange(' 0 ', '299')).toEqual({ first: 0, last: 299 });
    expect(parseRange('7', '7')).toEqual({ first: 7, last: 7 });
    expect(parseRange('7', '')).toEqual({ first: 7 });
  });

  it.each([
    ['', ''],
    ['-1', '5'],
    ['1.5', '5'],
    ['9', '8'],
    ['0', 'x'],
    ['1e3', ''],
  ])('refuses %j to %j', (first, last) => {
    expect(parseRange(first, last)).toBe('rangeWrong');
  });

  it('refuses more than is verified in one go', () => {
    expect(parseRange('0', String(MOST_ENTRIES - 1))).toEqual({ first: 0, last: MOST_ENTRIES - 1 });
    expect(parseRange('0', String(MOST_ENTRIES))).toBe('rangeTooLong');
  });
});
