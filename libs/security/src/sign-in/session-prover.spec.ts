import { randomBytes } from 'node:crypto';
import type { StoredKey } from '../keys/key-prover';
import { Authenticator } from '../authenticator';
import { lineOf } from '../testing/token-world';
import type { TrustedIssuer } from '../tokens/issuer';
import { PersonIds } from '../tokens/person';
import { hashOfSession, mintSession } from './session-secret';
import { SessionProver, type SignInSession } from './session-prover';

const LIMITS = { idleMs: 1_800_000, longestMs: 43_200_000 };
const KEY: StoredKey = {
  id: 'k1',
  tenant: 'north',
  hash: Buffer.alloc(32),
  scopes: ['infer'],
  expiresAt: null,
  revokedAt: null,
};

function setUp(change: Partial<SignInSession> = {}) {
  const { secret, hash } = mintSession();
  const state = {
    now: 1_000_000,
    key: KEY as StoredKey | undefined,
    lines: [lineOf('https://id.north.example/jwks')] as TrustedIssuer[],
    isThere: true,
    asked: 0,
    touched: [] as number[],
  };
  const session = {
    id: 's1',
    tenant: 'north',
    key: 'k1' as string | null,
    person: null,
    name: null,
    seenAt: new Date(state.now),
    endsAt: new Date(state.now + LIMITS.longestMs),
    ...change,
  };
  const prover = new SessionProver({
    sessions: {
      find: (wanted) => {
        state.asked += 1;
        return Promise.resolve(state.isThere && wanted.equals(hash) ? session : undefined);
      },
      touch: (_session, at) => {
        state.touched.push(at.getTime());
        session.seenAt = at;
        return Promise.resolve();
      },
    },
    keys: { find: (tenant, id) => Promise.resolve(tenant === 'north' && id === 'k1' ? state.key : undefined) },
    issuers: { findByIssuer: () => Promise.resolve(state.lines) },
    ids: new PersonIds(Buffer.alloc(32)),
    limits: LIMITS,
    now: () => state.now,
  });
  const keys = { findByPrefix: () => Promise.resolve(undefined) };
  const authenticator = new Authenticator(keys, randomBytes(32), () => state.now, { sessions: prover });
  return { state, secret, ask: () => authenticator.authenticateSession(secret), authenticator };
}

const PERSON = {
  line: 'line-1',
  id: 'u-1',
  issuer: 'https://id.north.example',
  subject: 'ada',
  claims: { roles: ['radiologist'] },
};
const REFUSED = { reason: 'unauthenticated', message: 'The request carries no valid key.' };

describe('a session', () => {
  it('is the key that it stands for, with the scopes that the key has now', async () => {
    const { state, ask } = setUp();
    expect(await ask()).toEqual({ id: 'k1', kind: 'key', tenant: 'north', scopes: new Set(['infer']) });
    state.key = { ...KEY, scopes: ['result:read'] };
    state.now += 5_001;
    expect((await ask()).scopes).toEqual(new Set(['result:read']));
  });

  it.each([
    ['revoked', { ...KEY, revokedAt: new Date(1) }],
    ['expired', { ...KEY, expiresAt: new Date(1_005_000) }],
    ['gone', undefined],
  ])('ends within five seconds of the key: %s', async (_, key) => {
    const { state, ask } = setUp();
    await ask();
    state.key = key;
    state.now += 5_001;
    await expect(ask()).rejects.toMatchObject(REFUSED);
  });

  it('is the person who signed in, by what the line of the issuer says now, and ends with the line', async () => {
    const { state, ask } = setUp({ key: null, person: PERSON });
    expect(await ask()).toMatchObject({ kind: 'user', tenant: 'north', role: 'clinician' });
    state.lines = [lineOf('https://id.north.example/jwks', { scopes: ['infer'] })];
    state.now += 5_001;
    expect((await ask()).scopes).toEqual(new Set(['infer']));
    state.lines = [lineOf('https://id.north.example/jwks', { id: 'line-2' })];
    state.now += 5_001;
    await expect(ask()).rejects.toMatchObject(REFUSED);
  });

  it('asks the store once in five seconds, and writes once a minute however busy it is', async () => {
    const { state, ask } = setUp();
    for (let second = 0; second < 180; second += 1) {
      await ask();
      state.now += 1_000;
    }
    expect(state.asked).toBe(36);
    expect(state.touched).toHaveLength(2);
  });

  it('ends unused, also in the middle of what is remembered', async () => {
    const { state, ask } = setUp({ endsAt: new Date(1_002_000) });
    await ask();
    state.now += 2_000;
    await expect(ask()).rejects.toMatchObject(REFUSED);
    const idle = setUp();
    idle.state.now += LIMITS.idleMs;
    await expect(idle.ask()).rejects.toMatchObject(REFUSED);
  });

  it('is over at once where it was ended', async () => {
    const { state, secret, ask, authenticator } = setUp();
    await ask();
    state.isThere = false;
    authenticator.forgetSession(secret);
    await expect(ask()).rejects.toMatchObject(REFUSED);
  });

  it('is found by nothing but its secret, which is no bearer token', async () => {
    const { secret, authenticator } = setUp();
    for (const text of ['', 'x', `${secret}A`, mintSession().secret])
      await expect(authenticator.authenticateSession(text)).rejects.toMatchObject(REFUSED);
    await expect(authenticator.authenticate(`Bearer ${secret}`)).rejects.toMatchObject(REFUSED);
    expect(hashOfSession('x')).toBeUndefined();
  });
});
