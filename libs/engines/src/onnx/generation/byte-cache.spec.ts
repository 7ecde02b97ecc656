import { ByteCache } from './byte-cache';

const MINUTE = 60_000;

describe('what is kept', () => {
  let now = 0;
  let cache: ByteCache<string>;
  beforeEach(() => {
    now = 0;
    cache = new ByteCache(100, () => now);
  });

  it('goes when there is no room, what was not used for longest first', () => {
    cache.set('a', 'A', 40);
    cache.set('b', 'B', 40);
    cache.get('a');
    cache.set('c', 'C', 40);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C']);
    expect(cache.bytes).toBe(80);
  });

  it('is not larger than everything together may be', () => {
    cache.set('a', 'A', 40);
    cache.set('b', 'B', 101);
    expect([cache.get('a'), cache.get('b')]).toEqual(['A', undefined]);
  });

  it('is counted once when it is put twice', () => {
    cache.set('a', 'A', 40);
    cache.set('a', 'B', 30);
    expect([cache.get('a'), cache.bytes]).toEqual(['B', 30]);
  });

  it('is gone ten minutes after its last use, asked for or not', () => {
    cache.set('a', 'A', 10);
    cache.set('b', 'B', 10);
    now = 6 * MINUTE;
    expect(cache.get('a')).toBe('A');
    now = 10 * MINUTE;
    expect(cache.get('b')).toBeUndefined();
    expect(cache.bytes).toBe(10);
    cache.sweep();
    expect(cache.bytes).toBe(10);
    now = 16 * MINUTE;
    cache.sweep();
    expect(cache.bytes).toBe(0);
  });

  it('is nothing after it was cleared', () => {
    cache.set('a', 'A', 10);
    cache.clear();
    expect([cache.get('a'), cache.bytes]).toEqual([undefined, 0]);
  });
});
