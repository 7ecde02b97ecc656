import { ServingError } from '@medserve/errors';
import { hashOfSignInCode, mintSignInCode } from '@medserve/security';
import { ATTEMPTS, Attempts } from './attempts';
import { CodeSignIn } from './code-sign-in';
import { SignIn } from './sign-in';
import { signInSchema } from './sign-in.controller';
import { BrowserSessions } from './sessions-of-browsers';

const NOW = Date.UTC(2026, 0, 1);
const KEY = {
  id: 'k1',
  tenant: 'north',
  hash: Buffer.alloc(32),
  label: 'run',
  scopes: ['infer'],
  expiresAt: null as Date | null,
  revokedAt: null as Date | null,
};
const SIGNED_IN = { me: { id: 'k1', tenant: 'north', displayName: 'run', scopes: ['infer'] } };
const REFUSED = { reason: 'unauthenticated', message: 'This code was used before, or is older than ten minutes.' };

/** A gateway whose database has one code. */
function setUp({ key = KEY, isActive = true }: { key?: typeof KEY; isActive?: boolean } = {}) {
  const { code } = mintSignInCode();
  const state = { isGood: true, isAway: false, told: [] as string[], begun: [] as unknown[], ended: [] as string[] };
  const sessions = new BrowserSessions({
    store: {
      begin: (session, entry, hash) => {
        if (hash !== undefined && !state.isGood) return Promise.resolve(false);
        state.isGood = false;
        state.begun.push({ key: session.key, tenant: session.tenant, facts: entry.facts });
        return Promise.resolve(true);
      },
      find: () => Promise.resolve(undefined),
      end: () => Promise.resolve(true),
    },
    authenticator: { forgetSession: (secret) => void state.ended.push(secret) },
    activities: { eventOf: (_by, deed) => deed as never },
    limits: { idleMs: 1_800_000, longestMs: 43_200_000 },
    now: () => NOW,
  });
  const codes = new CodeSignIn({
    codes: {
      find: (hash) => {
        if (state.isAway) return Promise.reject(new ServingError('unavailable', 'The database does not answer.'));
        const isIt = state.isGood && hashOfSignInCode(code)?.equals(hash) === true;
        return Promise.resolve(isIt ? { tenant: 'north', key: 'k1' } : undefined);
      },
    },
    keys: { find: () => Promise.resolve(key as never) },
    tenants: { isActive: () => Promise.resolve(isActive) },
    sessions,
    now: () => NOW,
  });
  const signIn = new SignIn({
    authenticator: { authenticate: () => Promise.reject(new Error('no key is given here')) },
    keys: { find: () => Promise.resolve(undefined) },
    codes,
    sessions,
    attempts: new Attempts(() => 0),
    refused: { tell: (reason) => Promise.resolve(void state.told.push(reason)) },
  });
  return { state, code, ask: (given = code, before?: string) => signIn.begin({ code: given }, 'here', before) };
}

describe('signing in by a code', () => {
  it('is signing in as its key, once, and on record as that', async () => {
    const { state, code, ask } = setUp();
    expect(await ask()).toMatchObject(SIGNED_IN);
    expect(state.begun).toEqual([{ key: 'k1', tenant: 'north', facts: { by: 'code' } }]);
    await expect(ask(code)).rejects.toMatchObject(REFUSED);
    expect(state.told).toEqual(['unauthenticated']);
  });

  it('says the same of whatever is no code, or of one whose key may nothing any more, and what to do', async () => {
    const { ask } = setUp();
    for (const other of ['x', mintSignInCode().code, `msk_${'a'.repeat(43)}`])
      await expect(ask(other)).rejects.toMatchObject(REFUSED);
    await expect(ask('x')).rejects.toMatchObject({ remedy: expect.stringContaining('medserve console') as string });
    const past = new Date(NOW);
    for (const key of [
      { ...KEY, revokedAt: past },
      { ...KEY, expiresAt: past },
    ])
      await expect(setUp({ key }).ask()).rejects.toMatchObject(REFUSED);
    await expect(setUp({ isActive: false }).ask()).rejects.toMatchObject(REFUSED);
  });

  it('ends the session that the browser had, where the new one is begun', async () => {
    const { state, ask } = setUp();
    await expect(ask('x', 'the old one')).rejects.toMatchObject(REFUSED);
    expect(state.ended).toEqual([]);
    await ask(undefined, 'the old one');
    expect(state.ended).toContain('the old one');
  });

  it('counts guesses as it does those of keys, and no outage', async () => {
    const { state, ask } = setUp();
    state.isAway = true;
    for (let count = 0; count <= ATTEMPTS.ofAddress; count += 1)
      await expect(ask()).rejects.toMatchObject({ reason: 'unavailable' });
    state.isAway = false;
    for (let count = 0; count < ATTEMPTS.ofAddress; count += 1) await expect(ask('x')).rejects.toMatchObject(REFUSED);
    await expect(ask()).rejects.toMatchObject({ reason: 'quota_exceeded' });
  });
});

describe('what a browser sends to sign in', () => {
  it('is a key or a code, and not both, nor anything else', () => {
    expect(signInSchema.parse({ key: 'msk_a' })).toEqual({ key: 'msk_a' });
    expect(signInSchema.parse({ code: 'msc_a' })).toEqual({ code: 'msc_a' });
    for (const other of [{}, { key: 'a', code: 'b' }, { code: '' }, { code: 'a'.repeat(201) }, { code: 'a', more: 1 }])
      expect(signInSchema.safeParse(other).success).toBe(false);
  });
});
