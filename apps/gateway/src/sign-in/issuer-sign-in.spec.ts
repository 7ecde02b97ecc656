import { ServingError } from '@medserve/errors';
import { ATTEMPTS, Attempts } from './attempts';
import { FlowRefused } from './code-flow';
import { IssuerSignIn } from './issuer-sign-in';
import type { Provider } from './providers';
import { SealedFlows } from './sealed-flow';

const STATE = 's'.repeat(43);
const PROVIDER = {
  id: '27fba1c3-feec-4313-b486-891e1a7a13bd',
  tenant: 'north',
  issuer: 'https://id.example',
  signIn: { client: 'console', title: 'Northern General', scope: 'openid', hasSecret: false },
  secret: undefined,
  address: new URL('https://id.example'),
} as Provider;

/** A sign-in whose issuer answers as the test says. */
function setUp({ isActive = true } = {}) {
  const issuer: { failure: Error | undefined } = { failure: undefined };
  const told: string[] = [];
  const begun: string[] = [];
  const warned: string[] = [];
  const clock = { ms: 0 };
  const sealed = new SealedFlows(Buffer.alloc(32, 1), () => 0);
  const signIn = new IssuerSignIn({
    providers: { list: () => Promise.resolve([PROVIDER]), find: () => Promise.resolve(PROVIDER) },
    issuers: { findByIssuer: () => Promise.resolve([{ id: PROVIDER.id } as never]) },
    tenants: { isActive: () => Promise.resolve(isActive) },
    flow: {
      begin: () => Promise.reject(new ServingError('unavailable', 'The issuer cannot be asked at the moment.')),
      finish: () => (issuer.failure === undefined ? Promise.resolve({ idToken: 't' }) : Promise.reject(issuer.failure)),
    },
    sealed,
    people: { prove: () => Promise.resolve({ principal: {}, person: {}, name: null } as never) },
    sessions: {
      begin: () => {
        begun.push('one');
        return Promise.resolve({ secret: 'secret', endsAt: new Date(0) });
      },
      end: () => Promise.resolve(),
    },
    attempts: new Attempts(() => 0),
    refused: { tell: (reason) => Promise.resolve(void told.push(reason)) },
    memory: { remember: () => Promise.resolve(true) },
    logger: { warn: (message) => void warned.push(message) },
    now: () => clock.ms,
  });
  const kept = sealed.seal({
    provider: PROVIDER.id,
    state: STATE,
    nonce: 'n'.repeat(43),
    verifier: 'v'.repeat(43),
    returnTo: '/models',
  });
  const finish = (cookie: string | undefined = kept, state = STATE) =>
    signIn.finish(cookie, `?code=c&state=${state}`, 'the hospital');
  return {
    signIn,
    clock,
    warned,
    issuer,
    told,
    begun,
    finish,
    forged: () => signIn.finish(undefined, '?code=c&state=x', 'the hospital'),
  };
}

describe('the way back from an issuer', () => {
  it('is no attempt of anybody whom another page sent there', async () => {
    const { forged, finish } = setUp();
    for (let count = 0; count < 2 * ATTEMPTS.ofAddress; count += 1) {
      expect(await forged()).toEqual({ trouble: 'expired' });
      expect(await finish(undefined, 'another')).toEqual({ trouble: 'expired' });
    }
    expect(await finish()).toEqual({ secret: 'secret', page: '/models' });
  });

  it('is no attempt while the issuer is away', async () => {
    const { issuer, finish, told } = setUp();
    issuer.failure = new ServingError('unavailable', 'The issuer cannot be asked at the moment.');
    for (let count = 0; count < 2 * ATTEMPTS.ofAddress; count += 1)
      expect(await finish()).toEqual({ trouble: 'unavailable' });
    issuer.failure = undefined;
    expect(await finish()).toEqual({ secret: 'secret', page: '/models' });
    expect(told).toEqual([]);
  });

  it('is an attempt with a code that is good for nothing, and those are bounded', async () => {
    const { issuer, finish } = setUp();
    issuer.failure = new FlowRefused('refused', undefined);
    for (let count = 0; count < ATTEMPTS.ofAddress; count += 1) expect(await finish()).toEqual({ trouble: 'refused' });
    expect(await finish()).toEqual({ trouble: 'busy' });
  });

  it('and the way there tell whoever reads the log once a minute that an issuer is away', async () => {
    const { signIn, issuer, finish, warned, clock } = setUp();
    issuer.failure = new ServingError('unavailable', 'The issuer cannot be asked at the moment.');
    for (let count = 0; count < 10; count += 1) {
      expect(await signIn.begin(PROVIDER.id, '/')).toEqual({ trouble: 'unavailable' });
      await finish();
    }
    expect(warned).toHaveLength(1);
    clock.ms += 60_000;
    await finish();
    expect(warned).toHaveLength(2);
  });

  it('begins no session for a hospital that may not use the platform', async () => {
    const { finish, begun, told } = setUp({ isActive: false });
    expect(await finish()).toEqual({ trouble: 'no-rights' });
    expect([begun, told]).toEqual([[], ['forbidden']]);
  });
});
