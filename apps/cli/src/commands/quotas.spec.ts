import { clientId, windowOf, windowSeconds } from './quotas';

describe('the length of a window', () => {
  it.each([
    ['60s', 60],
    ['5m', 300],
    ['1h', 3_600],
    ['31d', 2_678_400],
  ])('of %s is %d seconds', (text, seconds) => {
    expect(windowSeconds(text)).toBe(seconds);
  });

  it.each(['', '60', '0s', '32d', '1.5h', '-1m', '1w', '99999999s'])('cannot be %j', (text) => {
    expect(() => windowSeconds(text)).toThrow(/31d at most/);
  });
});

describe('the id of a client', () => {
  it.each(['0192f0a0-0000-7000-8000-000000000000', 'pacs.north:2', 'a'.repeat(128)])('can be %s', (id) => {
    expect(clientId(id)).toBe(id);
  });

  it.each(['', 'bad id!', '*', 'a/b', 'a'.repeat(129)])('cannot be %j', (id) => {
    expect(() => clientId(id)).toThrow(/the id of a key/);
  });
});

describe('the window of a quota', () => {
  it.each([
    ['requests', 3_600, 3_600],
    ['cost', undefined, 60],
    ['concurrency', undefined, 0],
  ] as const)('of %s, asked for %s seconds, is %d', (kind, seconds, expected) => {
    expect(windowOf(kind, seconds)).toBe(expected);
  });

  it('is none of concurrency', () => {
    expect(() => windowOf('concurrency', 60)).toThrow(/leave --window out/);
  });
});
