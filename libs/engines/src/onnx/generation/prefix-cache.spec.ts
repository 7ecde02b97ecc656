import { ByteCache } from './byte-cache';
import { KvRows } from './kv-rows';
import { BLOCK, blockKeys, PrefixCache } from './prefix-cache';

const SHAPE = { layers: 1, heads: 1, headSize: 2 };
const BYTES = 2 * 2 * 4 * BLOCK;
const tokens = Int32Array.from({ length: 5 * BLOCK }, (_, index) => index % 7);
const prompt = { tokens, spans: [{ begin: BLOCK + 1, end: BLOCK + 3, image: 0 }] };

describe('keys of blocks', () => {
  const keys = blockKeys(prompt, 'scope', ['image']);

  it('are as many as there are whole blocks, no two alike', () => {
    expect(new Set(keys).size).toBe(5);
    expect(blockKeys({ ...prompt, tokens: tokens.subarray(0, 2 * BLOCK - 1) }, 'scope', ['image'])).toEqual(
      keys.slice(0, 1),
    );
  });

  it('are others from the first token that differs on, though the rest is the same', () => {
    const other = tokens.slice();
    other[3 * BLOCK] = 100;
    expect(
      blockKeys({ ...prompt, tokens: other }, 'scope', ['image']).map((key, index) => key === keys[index]),
    ).toEqual([true, true, true, false, false]);
  });

  it('are others from an image that differs on', () => {
    const changed = blockKeys(prompt, 'scope', ['another']);
    expect(changed.map((key, index) => key === keys[index])).toEqual([true, false, false, false, false]);
  });

  it('are others in another scope', () => {
    const shared = blockKeys(prompt, 'elsewhere', ['image']).filter((key) => keys.includes(key));
    expect(shared).toEqual([]);
  });
});

describe('beginnings that are kept', () => {
  const keys = blockKeys(prompt, 'scope', ['image']);

  function keptIn(bytes: number): { readonly prefixes: PrefixCache; readonly kv: KvRows } {
    const prefixes = new PrefixCache(new ByteCache(bytes, () => 0));
    const kv = new KvRows(SHAPE, 2, 256);
    kv.setValid(0, tokens.length);
    kv.append(
      0,
      1,
      tokens.length,
      Float32Array.from({ length: 2 * tokens.length * 2 }, (_, index) => index),
    );
    prefixes.keep(kv, 0, keys);
    return { prefixes, kv };
  }

  it('come back as they were', () => {
    const { prefixes, kv } = keptIn(5 * BYTES);
    expect(prefixes.restore(kv, 1, keys, tokens.length)).toBe(tokens.length);
    expect(kv.valid[1]).toBe(tokens.length);
    expect(kv.read(1, 0, tokens.length)).toEqual(kv.read(0, 0, tokens.length));
  });

  it('come back as far as they are wanted', () => {
    const { prefixes, kv } = keptIn(5 * BYTES);
    expect(prefixes.restore(kv, 1, keys, tokens.length - 1)).toBe(4 * BLOCK);
  });

  it('lose their end first where there is not room for all, as a block is of no use without those before it', () => {
    const { prefixes, kv } = keptIn(3 * BYTES);
    expect(prefixes.restore(kv, 1, keys, tokens.length)).toBe(3 * BLOCK);
  });

  it('are nothing to other keys', () => {
    const { prefixes, kv } = keptIn(5 * BYTES);
    expect(prefixes.restore(kv, 1, blockKeys(prompt, 'elsewhere', ['image']), tokens.length)).toBe(0);
    expect(kv.valid[1]).toBe(0);
  });
});
