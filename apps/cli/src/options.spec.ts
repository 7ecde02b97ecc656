import { InvalidArgumentError } from 'commander';
import { days, jsonObject, milliseconds } from './options';

describe('an option for days', () => {
  it('takes whole days up to ten years', () => {
    expect([days('1'), days('3650')]).toEqual([1, 3650]);
  });

  it.each(['0', '-1', '1.5', '3651', '1e15', '1e2', '0x10', '', ' 7', 'week'])('refuses %j', (text) => {
    expect(() => days(text)).toThrow(InvalidArgumentError);
  });
});

describe('an option for milliseconds', () => {
  it('takes whole ones', () => {
    expect(milliseconds('1500')).toBe(1500);
  });

  it.each(['0', '-1', '1.5', '1e3', '2s', '', 'abc'])('refuses %j', (text) => {
    expect(() => milliseconds(text)).toThrow(InvalidArgumentError);
  });
});

describe('an option for an object', () => {
  it('takes JSON', () => {
    expect(jsonObject('{"phrase": "the tube"}')).toEqual({ phrase: 'the tube' });
  });

  it.each(['', 'phrase', '"phrase"', '[]', 'null', '{'])('refuses %j', (text) => {
    expect(() => jsonObject(text)).toThrow(InvalidArgumentError);
  });
});
