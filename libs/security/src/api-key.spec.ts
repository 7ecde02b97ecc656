import { randomBytes } from 'node:crypto';
import { isSameKey, mintApiKey, prefixOfApiKey } from './api-key';

const pepper = randomBytes(32);

describe('an API key', () => {
  it('is found by its prefix and known by its hash', () => {
    const minted = mintApiKey(pepper);
    expect(prefixOfApiKey(minted.key)).toBe(minted.prefix);
    expect(isSameKey(minted.key, minted.hash, pepper)).toBe(true);
    expect(minted.hash.includes(Buffer.from(minted.key))).toBe(false);
  });

  it('is not known with another pepper', () => {
    const minted = mintApiKey(pepper);
    expect(isSameKey(minted.key, minted.hash, randomBytes(32))).toBe(false);
  });

  it('is refused without a look-up when a character is wrong, missing or added', () => {
    const { key } = mintApiKey(pepper);
    const flipped = key.slice(0, 30) + (key[30] === 'A' ? 'B' : 'A') + key.slice(31);
    for (const wrong of [flipped, key.slice(0, -1), `${key}x`, key.toUpperCase(), '', 'Bearer']) {
      expect(prefixOfApiKey(wrong)).toBeUndefined();
    }
  });
});
