import fc from 'fast-check';
import { ResponseCache } from './response-cache';

const LIMITS = { maxBytes: 100, maxEntryBytes: 60, maxAgeMs: 1_000 };

describe('the response cache', () => {
  it('gives back what was put, until it is too old', () => {
    const cache = new ResponseCache<string>(LIMITS);
    cache.put('a', 'A', 10, [], 0);
    expect(cache.get('a', 1_000)).toBe('A');
    expect(cache.get('a', 1_001)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('makes room by what was longest not asked for', () => {
    const cache = new ResponseCache<string>(LIMITS);
    cache.put('a', 'A', 40, [], 0);
    cache.put('b', 'B', 40, [], 0);
    cache.get('a', 1);
    cache.put('c', 'C', 40, [], 2);
    expect(['a', 'b', 'c'].map((key) => cache.get(key, 3))).toEqual(['A', undefined, 'C']);
  });

  it('does not keep what is larger than one entry may be', () => {
    const cache = new ResponseCache<string>(LIMITS);
    cache.put('a', 'A', 50, [], 0);
    expect(cache.put('b', 'B', 61, [], 0)).toBe(false);
    expect(cache.get('a', 0)).toBe('A');
  });

  it('forgets by tag, and nothing else', () => {
    const cache = new ResponseCache<string>(LIMITS);
    cache.put('a', 'A', 10, ['patient 1', 'model'], 0);
    cache.put('b', 'B', 10, ['patient 2', 'model'], 0);
    expect(cache.purge('patient 1')).toBe(1);
    expect(cache.get('a', 0)).toBeUndefined();
    expect(cache.get('b', 0)).toBe('B');
    expect(cache.purge('model')).toBe(1);
    expect(cache.purge('model')).toBe(0);
  });

  it('never holds more than its limit, and counts its bytes rightly, whatever happens', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const act = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), key, bytes: fc.nat(80), tag: fc.constantFrom('x', 'y') }),
      fc.record({ kind: fc.constant('get' as const), key }),
      fc.record({ kind: fc.constant('purge' as const), tag: fc.constantFrom('x', 'y') }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const cache = new ResponseCache<number>(LIMITS);
        acts.forEach((one, at) => {
          if (one.kind === 'put') cache.put(one.key, one.bytes, one.bytes, [one.tag], at * 100);
          else if (one.kind === 'get') cache.get(one.key, at * 100);
          else cache.purge(one.tag);
          expect(cache.bytes).toBeLessThanOrEqual(LIMITS.maxBytes);
        });
        cache.purge('x');
        cache.purge('y');
        expect([cache.size, cache.bytes]).toEqual([0, 0]);
      }),
    );
  });
});
