import { claimsAt, ISSUER, KeyServer, lineOf, sign, signer, type Signer } from '../testing/token-world';
import type { TrustedIssuer } from '../tokens/issuer';
import type { Person } from '../tokens/person';
import { PersonIds } from '../tokens/person';
import { TokenProver } from '../tokens/token-prover';
import { PersonSignIn } from './signed-in-person';

const NOW = 1_700_000_000_000;
const CLIENT = 'console';
const NONCE = 'a nonce of the flow';

describe('a person who comes from an issuer', () => {
  let keys: KeyServer;
  let key: Signer;
  const remembered: Person[] = [];

  beforeAll(async () => {
    keys = await KeyServer.start();
    key = await signer('RS256', 'k1');
    keys.keys = [key.jwk];
  });
  afterAll(() => keys.stop());

  const signInWith = (lines: readonly TrustedIssuer[]) => {
    const ids = new PersonIds(Buffer.alloc(32));
    const clock = { now: () => NOW, sleep: () => Promise.resolve() };
    const people = {
      remember: (person: Person) => {
        remembered.push(person);
        return Promise.resolve();
      },
    };
    const tokens = new TokenProver({ issuers: { findByIssuer: () => Promise.resolve(lines) }, people, ids, clock });
    return new PersonSignIn(tokens, ids);
  };
  const idToken = (change: Record<string, unknown> = {}): Promise<string> =>
    sign(
      key,
      {
        ...claimsAt(NOW, { aud: CLIENT, nonce: NONCE, roles: ['radiologist'], name: 'Ada Byron' }),
        scope: undefined,
        ...change,
      },
      { typ: 'JWT' },
    );
  const prove = async (
    id: string,
    access?: string,
    change: Partial<TrustedIssuer> = {},
    more: TrustedIssuer[] = [],
  ) => {
    const line = lineOf(keys.url, change);
    const lines = [line, ...more];
    const tokens = { idToken: id, accessToken: access };
    return signInWith(lines).prove(tokens, { line, lines, client: CLIENT, nonce: NONCE });
  };

  it('is who the ID token says, with the role that the line knows', async () => {
    const { principal, person, name } = await prove(await idToken(), 'an-opaque-token');
    expect(principal).toMatchObject({ kind: 'user', tenant: 'north', role: 'clinician' });
    expect(principal.scopes).toEqual(new Set(['infer', 'model:read', 'result:read']));
    expect(name).toBe('Ada Byron');
    expect(person).toMatchObject({ line: 'line-1', id: principal.id, issuer: ISSUER, subject: 'ada' });
    // Neither the subject nor the name stands in what is kept of the claims.
    expect(JSON.stringify(person.claims)).not.toMatch(/ada|Ada/);
    expect(remembered.at(-1)).toMatchObject({ tenant: 'north', id: principal.id, subject: 'ada' });
  });

  it('may what an access token for this platform says, as if it came as a bearer token', async () => {
    const access = await sign(key, claimsAt(NOW, { scope: 'infer audit:read' }));
    const { principal } = await prove(await idToken(), access);
    expect(principal.scopes).toEqual(new Set(['infer']));
    const others = await sign(key, claimsAt(NOW, { sub: 'bob' }));
    await expect(prove(await idToken(), others)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it.each(['ya29.a0AfB_by.C1qW', 'v4.public.eyJzdWIiOiJhZGEifQ', 'e30.e30.x'])(
    'may what the ID token says where the access token %s is opaque, however it looks',
    async (access) => {
      const { principal } = await prove(await idToken(), access);
      expect(principal.role).toBe('clinician');
    },
  );

  it('has the role of the one group that an issuer tells of as a text with spaces', async () => {
    const roles = { 'Radiology Doctors': 'clinician' };
    expect((await prove(await idToken({ roles: 'Radiology Doctors' }), undefined, { roles })).principal.role).toBe(
      'clinician',
    );
    const both = await idToken({ roles: ['Domain Users', 'Radiology Doctors'] });
    expect((await prove(both, undefined, { roles })).principal.role).toBe('clinician');
  });

  it.each([
    ['for another client', { aud: 'another' }],
    ['authorized for another client', { aud: [CLIENT, 'x'], azp: 'another' }],
    ['of another flow', { nonce: 'another' }],
    ['of no flow', { nonce: undefined }],
    ['from another issuer', { iss: 'https://evil.example' }],
    ['that is over', { exp: Math.floor(NOW / 1_000) - 100 }],
    ['of nobody', { sub: undefined }],
  ])('is nobody by an ID token %s', async (_, change) => {
    await expect(prove(await idToken(change))).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('is nobody by an ID token that another key signed', async () => {
    const other = await signer('RS256', 'k1');
    const forged = await sign(other, claimsAt(NOW, { aud: CLIENT, nonce: NONCE }), { typ: 'JWT' });
    await expect(prove(forged)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('has to have rights here, in the hospital whose sign-in it is', async () => {
    await expect(prove(await idToken({ roles: ['gardener'] }))).rejects.toMatchObject({ reason: 'forbidden' });
    const narrow = lineOf(keys.url, { id: 'line-2', claim: { name: 'hospital', value: 'south' }, tenant: 'south' });
    const southern = await idToken({ hospital: 'south' });
    await expect(prove(southern, undefined, {}, [narrow])).rejects.toMatchObject({ reason: 'forbidden' });
  });
});
