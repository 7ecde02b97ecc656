import { randomBytes, X509Certificate } from 'node:crypto';
import { mintApiKey } from './api-key';
import { Authenticator, requireScope } from './authenticator';
import { CertificateAuthority } from './certificates/authority';
import type { Client } from './client';
import type { StoredKey } from './keys/key-prover';

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

  it('tells where the owner of a key said that it is used, and in which role', async () => {
    const { authenticator, key } = setUp({ site: 'main', department: 'CT-2', role: 'device' });
    expect(await authenticator.authenticate(`Bearer ${key}`)).toMatchObject({
      site: 'main',
      department: 'CT-2',
      role: 'device',
    });
  });

  it('refuses a suspended and an unknown tenant within five seconds, in the usual words', async () => {
    const minted = mintApiKey(pepper);
    const stored = { id: 'k1', tenant: 'north', hash: minted.hash, scopes: [], expiresAt: null, revokedAt: null };
    const state = { now: 0, isActive: true };
    const keys = { findByPrefix: () => Promise.resolve(stored) };
    const tenants = { isActive: () => Promise.resolve(state.isActive) };
    const authenticator = new Authenticator(keys, pepper, () => state.now, { tenants });
    const ask = (): Promise<unknown> => authenticator.authenticate(`Bearer ${minted.key}`);
    await ask();
    state.isActive = false;
    state.now = 4_000;
    await expect(authenticator.authenticate(`bearer ${minted.key}`)).resolves.toBeDefined();
    state.now = 5_000;
    for (const header of [minted.key, minted.key]) {
      await expect(authenticator.authenticate(`bearer ${header}`)).rejects.toThrow('The request carries no valid key.');
    }
    await expect(ask()).rejects.toThrow('The request carries no valid key.');
    state.now = 10_000;
    state.isActive = true;
    await expect(ask()).resolves.toBeDefined();
  });

  it('knows a client by its certificate while that holds, and not a moment before or after, whatever the connection', async () => {
    const authority = await CertificateAuthority.create('tests', 1);
    const day = { from: new Date(Date.UTC(2026, 0, 1)), days: 1, name: 'pacs' };
    const { raw, validFrom, validTo, fingerprint256 } = new X509Certificate((await authority.issue(day)).certificate);
    const sha256 = fingerprint256.replaceAll(':', '').toLowerCase();
    const client: Client = {
      id: 'c1',
      tenant: 'north',
      label: 'archive',
      jwks: null,
      jwksUri: null,
      certificateSha256: sha256,
      certificateName: null,
      scopes: ['infer'],
      site: null,
      department: null,
      revokedAt: null,
    };
    const certificates = {
      findByCertificate: (name: string) => Promise.resolve(name === sha256 ? client : undefined),
      findByCertificateName: () => Promise.resolve(undefined),
    };
    const state = { now: Date.parse(validFrom) - 1 };
    const keys = { findByPrefix: () => Promise.resolve(undefined) };
    const authenticator = new Authenticator(keys, pepper, () => state.now, { certificates });
    const ask = () => authenticator.authenticateCertificate(raw);
    await expect(ask()).rejects.toMatchObject({ reason: 'unauthenticated' });
    state.now += 1;
    await expect(ask()).resolves.toMatchObject({ id: 'c1' });
    state.now = Date.parse(validTo) - 1;
    await expect(ask()).resolves.toMatchObject({ id: 'c1' });
    // Within the five seconds for which a proof is believed, and after them.
    state.now += 1;
    await expect(ask()).rejects.toMatchObject({ reason: 'unauthenticated' });
    state.now += 5_001;
    await expect(ask()).rejects.toThrow('The client certificate has expired.');
  });

  it('gives each credential to the prover that knows its shape, once in five seconds', async () => {
    const principal = { id: 'u-1', kind: 'user', tenant: 'north', scopes: new Set<never>() } as const;
    const state = { now: 0, proofs: 0 };
    const tokens = {
      takes: (credential: string) => credential.split('.').length === 3,
      prove: () => {
        state.proofs += 1;
        return Promise.resolve({ principal, expiresAtMs: 3_000, untilMs: 5_000 });
      },
    };
    const keys = { findByPrefix: () => Promise.reject(new Error('not a key')) };
    const authenticator = new Authenticator(keys, pepper, () => state.now, { provers: [tokens] });
    for (let time = 0; time < 3; time += 1) expect(await authenticator.authenticate('Bearer a.b.c')).toBe(principal);
    expect(state.proofs).toBe(1);
    state.now = 3_000;
    await authenticator.authenticate('Bearer a.b.c');
    expect(state.proofs).toBe(2);
    await expect(authenticator.authenticate('Bearer a.b')).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('knows nobody by a certificate where nobody registered one', async () => {
    const { authenticator } = setUp();
    await expect(authenticator.authenticateCertificate(Buffer.of(1))).rejects.toThrow(
      'The request carries no valid key.',
    );
  });
});
