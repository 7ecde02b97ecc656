import { ShortCache } from './short-cache';

function setUp(limit = 10) {
  const state = { now: 0, loads: [] as string[], value: 'a' as string | undefined };
  const cache = new ShortCache(
    (key) => {
      state.loads.push(key);
      return Promise.resolve(state.value);
    },
    { now: () => state.now, maxAgeMs: 5, limit },
  );
  return { state, cache };
}

describe('ShortCache', () => {
  it('looks up once for many, and again when what it found is too old', async () => {
    const { state, cache } = setUp();
    await Promise.all([cache.get('x'), cache.get('x')]);
    expect(await cache.get('x')).toEqual({ value: 'a', untilMs: 5 });
    state.now = 5;
    state.value = 'b';
    expect(await cache.get('x')).toEqual({ value: 'b', untilMs: 10 });
    expect(state.loads).toEqual(['x', 'x']);
  });

  it('does not remember that there is nothing', async () => {
    const { state, cache } = setUp();
    state.value = undefined;
    expect(await cache.get('x')).toBeUndefined();
    state.value = 'a';
    expect((await cache.get('x'))?.value).toBe('a');
  });

  it('holds no more than it may', async () => {
    const { state, cache } = setUp(2);
    for (const key of ['x', 'y', 'z', 'x']) await cache.get(key);
    expect(state.loads).toEqual(['x', 'y', 'z', 'x']);
  });
});
