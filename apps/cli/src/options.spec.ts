import { InvalidArgumentError } from 'commander';
import { days, instant, jsonObject, milliseconds, requireOrder } from './options';

describe('an option for days', () => {
  it('takes whole days up to ten years', () => {
    expect([days('1'), days('3650')]).toEqual([1, 3650]);
  });

  it.each(['0', '-1', '1.5', '3651', '1e15', '1e2', '0x10', '', ' 7', 'week'])('refuses %j', (text) => {
    expect(() => days(text)).toThrow(InvalidArgumentError);
  });
});

describe('two times', () => {
  const [early, late] = [new Date('2026-11-25'), new Date('2026-11-26')];

  it.each([
    [early, late],
    [undefined, early],
    [late, undefined],
  ])('may be %p and %p', (from, to) => {
    expect(() => {
      requireOrder(from, to);
    }).not.toThrow();
  });

  it.each([
    [late, early],
    [late, late],
  ])('have something between them, which %p and %p have not', (from, to) => {
    expect(() => {
      requireOrder(from, to);
    }).toThrow('--from has to be before --to');
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

describe('an option for a time', () => {
  it.each([
    ['2026-11-25', '2026-11-25T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-11-25T08:00Z', '2026-11-25T08:00:00.000Z'],
    ['2026-11-25T00:30:00.5+01:00', '2026-11-24T23:30:00.500Z'],
  ])('takes %s', (text, told) => {
    expect(instant(text).toISOString()).toBe(told);
  });

  it.each([
    '2026-02-30',
    '2026-02-29T08:00:00Z',
    '2026-13-01',
    '2026-11-25T08:00:00',
    '2026-11-25T25:00Z',
    '12',
    '2026-11-25 x',
  ])('refuses %s, which is none or another on each machine', (text) => {
    expect(() => instant(text)).toThrow(InvalidArgumentError);
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
