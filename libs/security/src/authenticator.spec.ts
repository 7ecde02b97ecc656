import { randomBytes } from 'node:crypto';
import { mintApiKey } from './api-key';
import { Authenticator, requireScope, type StoredKey } from './authenticator';

const pepper = randomBytes(32);

function setUp(change: Partial<StoredKey> = {}) {
  const minted = mintApiKey(pepper);
  const stored: StoredKey = {
    id: 'k1',
    tenant: 'north',
    hash: minted.hash,
    scopes: ['infer', 'unheard-of'],
    expiresAt: null,
    revokedAt: null,
    ...change,
  };
  const clock = { now: 1_000_000, lookups: 0, current: stored };
  const keys = {
    findByPrefix: (prefix: string) => {
      clock.lookups += 1;
      return Promise.resolve(prefix === minted.prefix ? clock.current : undefined);
    },
  };
  return { authenticator: new Authenticator(keys, pepper, () => clock.now), key: minted.key, clock };
}

describe('Authenticator', () => {
  it('gives tenant and known scopes of a valid key', async () => {
    const { authenticator, key } = setUp();
    const principal = await authenticator.authenticate(`Bearer ${key}`);
    expect(principal).toEqual({ id: 'k1', kind: 'key', tenant: 'north', scopes: new Set(['infer']) });
    expect(() => {
      requireScope(principal, 'audit:read');
    }).toThrow(/audit:read/);
  });

  it('takes the scheme in any case and several spaces after it (RFC 9110, 11.4)', async () => {
    const { authenticator, key } = setUp();
    for (const scheme of ['bearer ', 'BEARER ', 'Bearer   ']) {
      await expect(authenticator.authenticate(scheme + key)).resolves.toMatchObject({ id: 'k1' });
    }
  });

  it('refuses every other header in the same words', async () => {
    const { authenticator, key } = setUp();
    const other = mintApiKey(pepper).key;
    const texts = new Set<string>();
    for (const header of [undefined, '', 'Bearer ', `Basic ${key}`, `Bearer ${key}x`, `Bearer ${other}`, key]) {
      await authenticator.authenticate(header).catch((error: unknown) => texts.add(String(error)));
    }
    expect(texts.size).toBe(1);
  });

  it('refuses an expired and a revoked key', async () => {
    for (const change of [{ expiresAt: new Date(999_999) }, { revokedAt: new Date(1) }]) {
      const { authenticator, key } = setUp(change);
      await expect(authenticator.authenticate(`Bearer ${key}`)).rejects.toMatchObject({ reason: 'unauthenticated' });
    }
  });

  it('asks the store once in five seconds, and notices a revocation after that', async () => {
    const { authenticator, key, clock } = setUp();
    await authenticator.authenticate(`Bearer ${key}`);
    clock.current = { ...clock.current, revokedAt: new Date(1) };
    await authenticator.authenticate(`Bearer ${key}`);
    expect(clock.lookups).toBe(1);
    clock.now += 5_001;
    await expect(authenticator.authenticate(`Bearer ${key}`)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('notices that a key it just proved has expired', async () => {
    const { authenticator, key, clock } = setUp({ expiresAt: new Date(1_000_100) });
    await authenticator.authenticate(`Bearer ${key}`);
    clock.now += 100;
    await expect(authenticator.authenticate(`Bearer ${key}`)).rejects.toMatchObject({ reason: 'unauthenticated' });
    expect(clock.lookups).toBe(1);
  });

  it('proves every key by itself, however often another one was proven', async () => {
    const { authenticator, key } = setUp();
    await authenticator.authenticate(`Bearer ${key}`);
    await authenticator.authenticate(`Bearer ${key}`);
    const wrong = `${key.slice(0, 20)}${key[20] === 'A' ? 'B' : 'A'}${key.slice(21)}`;
    await expect(authenticator.authenticate(`Bearer ${wrong}`)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });
});
