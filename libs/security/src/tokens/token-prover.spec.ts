import { createHmac, createPublicKey, randomBytes } from 'node:crypto';
import { base64url, type JWTPayload } from 'jose';
import { AUDIENCE, claimsAt, HandClock, KeyServer, lineOf, sign, signer, type Signer } from '../testing/token-world';
import type { TrustedIssuer } from './issuer';
import { PersonIds, type Person } from './person';
import { TokenProver } from './token-prover';

const NOW = Date.UTC(2026, 10, 25, 12);
const GENERIC = 'The request carries no valid key.';

describe('TokenProver', () => {
  let keys: KeyServer;
  /** An address that a token may name and nobody may ask. */
  let trap: KeyServer;
  let rsa: Signer;
  let ec: Signer;
  let stranger: Signer;

  beforeAll(async () => {
    [keys, trap] = await Promise.all([KeyServer.start(), KeyServer.start()]);
    [rsa, ec, stranger] = await Promise.all([signer('RS256', 'r1'), signer('ES256', 'e1'), signer('RS256', 'r1')]);
  });
  beforeEach(() => {
    keys.keys = [rsa.jwk, ec.jwk];
    trap.keys = [stranger.jwk];
    keys.answer = undefined;
    keys.asked = 0;
  });
  afterEach(() => {
    expect(trap.asked).toBe(0);
  });
  afterAll(async () => {
    await Promise.all([keys.stop(), trap.stop()]);
  });

  function setUp(...changes: Partial<TrustedIssuer>[]) {
    const people: Person[] = [];
    const clock = new HandClock(NOW);
    const lines = (changes.length === 0 ? [{}] : changes).map((change) => lineOf(keys.url, change));
    const prover = new TokenProver({
      issuers: { findByIssuer: (issuer) => Promise.resolve(lines.filter((line) => line.issuer === issuer)) },
      people: { remember: (person) => Promise.resolve(void people.push(person)) },
      ids: new PersonIds(Buffer.alloc(32, 7)),
      clock,
    });
    return { prover, people, clock };
  }

  /** The words by which a token is refused. */
  async function refusal(token: string, ...changes: Partial<TrustedIssuer>[]): Promise<string> {
    const { prover, people, clock } = setUp(...changes);
    const failure = await clock.through(prover.prove(token)).then(
      () => 'was let in',
      (error: unknown) => (error as Error).message,
    );
    expect(people).toEqual([]);
    return failure;
  }

  const claims = (change: JWTPayload = {}): JWTPayload => claimsAt(NOW, change);
  const part = (value: unknown): string => base64url.encode(typeof value === 'string' ? value : JSON.stringify(value));

  it('knows who a valid token stands for, by the line of the table alone', async () => {
    const { prover, people } = setUp();
    const token = await sign(rsa, claims({ site: 'main', department: 'CT-2', purpose: 'TREAT', tenant: 'south' }));
    const { principal, expiresAtMs } = await prover.prove(token);
    expect(principal).toEqual({
      id: expect.stringMatching(/^u-[0-9a-f]{32}$/) as string,
      kind: 'user',
      tenant: 'north',
      site: 'main',
      department: 'CT-2',
      purpose: 'TREAT',
      scopes: new Set(['infer', 'result:read']),
    });
    expect(expiresAtMs).toBe(NOW + 360_000);
    expect(people).toEqual([{ tenant: 'north', id: principal.id, issuer: claims().iss, subject: 'ada' }]);
    expect(principal.id).not.toContain('ada');
  });

  it('gives a person the same id each time, and writes down once who that is', async () => {
    const { prover, people } = setUp();
    const [first, second, other] = await Promise.all([
      prover.prove(await sign(rsa, claims())),
      prover.prove(await sign(ec, claims({ jti: 'another' }))),
      prover.prove(await sign(ec, claims({ sub: 'bob' }))),
    ]);
    expect(first.principal.id).toBe(second.principal.id);
    expect(other.principal.id).not.toBe(first.principal.id);
    expect(new Set(people.map(({ subject }) => subject))).toEqual(new Set(['ada', 'bob']));
  });

  it('gives the scopes of roles, as far as the line lets it', async () => {
    const { prover } = setUp({ claims: { role: 'realm_access.roles' }, scopes: ['infer', 'result:attest'] });
    const token = await sign(
      rsa,
      claims({ scope: 'openid', realm_access: { roles: ['visitor', 'radiologist', 'auditor', 'constructor'] } }),
    );
    const { principal } = await prover.prove(token);
    expect(principal.role).toBe('clinician');
    expect(principal.scopes).toEqual(new Set(['infer', 'result:attest']));
  });

  it('calls the token of a system that asks for itself a client', async () => {
    const { prover } = setUp();
    const { principal } = await prover.prove(await sign(rsa, claims({ sub: 'pacs', client_id: 'pacs' })));
    expect(principal).toMatchObject({ kind: 'client', id: expect.stringMatching(/^c-/) as string });
  });

  it('takes the tenant from the line that asks most of the token, and none where two ask the same', async () => {
    const lines: Partial<TrustedIssuer>[] = [
      { tenant: 'north' },
      { tenant: 'south', client: 'south-app' },
      { tenant: 'east', claim: { name: 'org', value: 'east' } },
    ];
    const { prover } = setUp(...lines);
    const tenantOf = async (change: JWTPayload) =>
      (await prover.prove(await sign(rsa, claims(change)))).principal.tenant;
    expect(await tenantOf({})).toBe('north');
    expect(await tenantOf({ client_id: 'south-app' })).toBe('south');
    expect(await tenantOf({ azp: 'south-app' })).toBe('south');
    expect(await tenantOf({ org: ['west', 'east'] })).toBe('east');
    expect(await tenantOf({ org: 'southeast' })).toBe('north');
    const both = await sign(rsa, claims({ client_id: 'south-app', org: 'east' }));
    await expect(prover.prove(both)).rejects.toThrow(GENERIC);
  });

  it('refuses a site, a department and a purpose that are not known, and the breaking of the glass by a claim', async () => {
    const cases: [JWTPayload, string][] = [
      [{ site: 'elsewhere' }, 'site'],
      [{ department: 'CT' }, 'department'],
      [{ department: 'a b' }, 'department'],
      [{ purpose: 'FUN' }, 'purpose'],
      [{ purpose: 'BTG' }, 'purpose'],
      [{ purpose: ['TREAT'] }, 'purpose'],
      [{ sub: 'x'.repeat(256) }, 'subject'],
    ];
    for (const [change, what] of cases) {
      const words = await refusal(await sign(rsa, claims(change)), { departments: ['MR'] });
      expect(words).toBe(`The token names a ${what} that is not known here.`);
    }
  });

  describe('says what is wrong once the signature is right:', () => {
    const inS = (seconds: number): number => NOW / 1000 + seconds;
    it.each<[string, JWTPayload]>([
      ['The token has expired.', { exp: inS(-61) }],
      ['The token is not valid yet.', { nbf: inS(61) }],
      ['The token is not valid yet.', { iat: inS(600), exp: inS(900) }],
      ['The token is for another audience.', { aud: 'https://other.example' }],
    ])('%s', async (words, change) => {
      expect(await refusal(await sign(rsa, claims(change)))).toBe(words);
      expect(await refusal(await sign(stranger, claims(change)))).toBe(GENERIC);
    });

    it('and forgives a clock that is a minute off', async () => {
      const { prover } = setUp();
      for (const change of [{ exp: inS(-59) }, { nbf: inS(59) }, { iat: inS(59) }, { aud: ['x', AUDIENCE] }]) {
        await expect(prover.prove(await sign(rsa, claims(change)))).resolves.toBeDefined();
      }
    });
  });

  it.each(['exp', 'iat', 'aud', 'sub'])('refuses a token without %s', async (claim) => {
    const rest = claims();
    Reflect.deleteProperty(rest, claim);
    expect(await refusal(await sign(rsa, rest))).not.toBe('was let in');
  });

  it.each<[string, JWTPayload]>([
    ['an end that is a text', { exp: '9999999999' as unknown as number }],
    ['an end that is none', { exp: null as unknown as number }],
    ['an audience that is a number', { aud: 7 as unknown as string }],
    ['a subject that is empty', { sub: '' }],
    ['a subject that is a list', { sub: ['ada'] as unknown as string }],
    ['an issuer with a slash more', { iss: 'https://id.north.example/' }],
    ['an issuer in capitals', { iss: 'HTTPS://ID.NORTH.EXAMPLE' }],
    ['an issuer that is a list', { iss: ['https://id.north.example'] as unknown as string }],
    ['no issuer that is known', { iss: 'https://id.evil.example' }],
  ])('refuses %s', async (_name, change) => {
    expect(await refusal(await sign(rsa, claims(change)))).not.toBe('was let in');
  });

  it.each<[string, Record<string, unknown>]>([
    ['another typ', { typ: 'JWT' }],
    ['no typ', { typ: undefined }],
    ['a kid that is a path', { kid: '../../keys/pepper' }],
    ['a kid that is SQL', { kid: "' OR 1=1 --" }],
    ['a kid that is a number', { kid: 1 }],
    ['an algorithm in other letters', { alg: 'rs256' }],
  ])('refuses %s', async (_name, change) => {
    const token = await sign(rsa, claims());
    const [, payload = '', signature = ''] = token.split('.');
    const header = { alg: 'RS256', typ: 'at+jwt', kid: 'r1', ...change };
    expect(await refusal([part(header), payload, signature].join('.'))).not.toBe('was let in');
    const signed = await sign(rsa, claims(), { ...change, alg: 'RS256' }).catch(() => undefined);
    const isSame = signed === undefined || 'alg' in change;
    if (!isSame && change['kid'] === undefined) expect(await refusal(signed)).toBe(GENERIC);
  });

  it('refuses extensions, and keys that a token brings along or names, without looking at them', async () => {
    const brought: Record<string, unknown>[] = [
      { jwk: stranger.jwk },
      { jku: trap.url },
      { x5u: trap.url },
      { x5c: ['MIIB'] },
      { b64: true },
      { crit: ['b64'], b64: false },
      { crit: ['exp'], exp: 1 },
      { crit: [] },
    ];
    const [, payload = ''] = (await sign(rsa, claims())).split('.');
    for (const change of brought) {
      for (const by of [rsa, stranger]) {
        const header = part({ alg: 'RS256', typ: 'at+jwt', kid: 'r1', ...change });
        const text = Buffer.from(`${header}.${payload}`);
        const signature = new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', by.key, text));
        expect(await refusal(`${header}.${payload}.${base64url.encode(signature)}`)).toBe(GENERIC);
      }
    }
    expect(keys.asked).toBe(0);
  });

  it('refuses none, an HMAC under the public key, and algorithms that the line does not have, asking nobody', async () => {
    const payload = part(claims());
    const pem = createPublicKey({ key: rsa.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const alg of ['none', 'None', 'nOnE', '', 'HS256', 'HS384', 'HS512', 'RS512', 'ES256K', 'dir', 'RSA-OAEP']) {
      const header = part({ alg, typ: 'at+jwt', kid: 'r1' });
      for (const secret of [pem.toString(), JSON.stringify(rsa.jwk), '']) {
        const signature = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
        expect(await refusal(`${header}.${payload}.${signature}`)).toBe(GENERIC);
      }
      expect(await refusal(`${header}.${payload}.`)).toBe(GENERIC);
    }
    const { prover } = setUp({ algorithms: ['ES256'] });
    await expect(prover.prove(await sign(rsa, claims()))).rejects.toThrow(GENERIC);
    expect(keys.asked).toBe(0);
  });

  it('refuses every signature that is not the one, whole and in the form of RFC 7518', async () => {
    const token = await sign(ec, claims());
    const [header = '', payload = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    const integer = (half: Buffer): Buffer => {
      const padded = (half[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), half]) : half;
      return Buffer.concat([Buffer.of(2, padded.length), padded]);
    };
    const sequence = Buffer.concat([integer(bytes.subarray(0, 32)), integer(bytes.subarray(32))]);
    const wrong = [
      Buffer.concat([Buffer.of(0x30, sequence.length), sequence]),
      bytes.subarray(0, 63),
      Buffer.concat([bytes, Buffer.of(0)]),
      Buffer.concat([bytes.subarray(0, 31), Buffer.of(0), bytes.subarray(31)]),
      Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)]),
      Buffer.alloc(64),
      Buffer.alloc(64, 0xff),
      Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)]),
      randomBytes(64),
      Buffer.concat([bytes, bytes]),
    ];
    for (const one of wrong) expect(await refusal(`${header}.${payload}.${one.toString('base64url')}`)).toBe(GENERIC);
    for (let bit = 0; bit < 512; bit += 37) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await refusal(`${header}.${payload}.${flipped.toString('base64url')}`)).toBe(GENERIC);
    }
  });

  it('refuses a key of another curve, of another family, for encryption, and one that is secret', async () => {
    const p384 = await signer('ES384', 'e1');
    const token = await sign(ec, claims());
    const encryption = { ...ec.jwk, use: 'enc' };
    const secret = { kty: 'oct', kid: 'e1', k: part('secret') };
    for (const published of [{ ...p384.jwk, alg: 'ES256' }, rsa.jwk, encryption, secret]) {
      keys.keys = [published, rsa.jwk];
      const { prover, clock } = setUp();
      await expect(clock.through(prover.prove(token))).rejects.toMatchObject({ reason: 'unauthenticated' });
    }
  });

  it('refuses names that come twice, in the header and in the claims', async () => {
    const encode = async (header: string, payload: string): Promise<string> => {
      const text = `${part(header)}.${part(payload)}`;
      const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', rsa.key, Buffer.from(text));
      return `${text}.${base64url.encode(new Uint8Array(signature))}`;
    };
    const header = '{"alg":"RS256","typ":"at+jwt","kid":"r1"}';
    const payload = JSON.stringify(claims());
    await expect(setUp().prover.prove(await encode(header, payload))).resolves.toBeDefined();
    const twice = [
      [header.replace('{', '{"alg":"none",'), payload],
      [header.replace('{', String.raw`{"\u0061lg":"none",`), payload],
      [header, payload.replace('{', '{"sub":"root",')],
      [header, payload.replace('{', String.raw`{"s\u0075b":"root",`)],
      [header, payload.replace('{', '{ "aud" : "x" , ')],
    ] as const;
    for (const [one, other] of twice) expect(await refusal(await encode(one, other))).toBe(GENERIC);
    const nested = payload.replace('{', '{"act":{"sub":"ada"},');
    await expect(setUp().prover.prove(await encode(header, nested))).resolves.toBeDefined();
  });

  it('refuses control characters in what is looked up or written down, before anybody is asked for it', async () => {
    const marked = 'a\u0000b';
    const headers: Record<string, unknown>[] = [{ kid: marked }, {}, {}, {}, {}, {}];
    const payloads: JWTPayload[] = [
      {},
      { iss: marked },
      { sub: marked },
      { client_id: marked },
      { azp: marked },
      { jti: '\n' },
    ];
    for (const [index, header] of headers.entries()) {
      const token = await sign(rsa, claims(payloads[index]), header);
      const { prover } = setUp();
      await expect(prover.prove(token)).rejects.toThrow(GENERIC);
    }
    expect(keys.asked).toBe(0);
  });

  it('refuses what is too large or no token at once', async () => {
    const token = await sign(rsa, claims());
    const large = await sign(rsa, claims({ filler: 'x'.repeat(1 << 20) }));
    const [header = '', payload = '', signature = ''] = token.split('.');
    const texts = [
      large,
      '',
      '..',
      `${token}.`,
      `${token}.x.y`,
      `${header}.${payload}`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}.${signature}==`,
      `${header}.${payload}\n.${signature}`,
      `${part('[]')}.${payload}.${signature}`,
      `${part('null')}.${payload}.${signature}`,
      `${part('"x"')}.${payload}.${signature}`,
      `${part('{')}.${payload}.${signature}`,
      `${header}.${part('[]')}.${signature}`,
      `${header}.${part('7')}.${signature}`,
      `${part('['.repeat(5_000))}.${payload}.${signature}`,
    ];
    for (const text of texts) expect(await refusal(text)).toBe(GENERIC);
    expect(setUp().prover.takes(large)).toBe(false);
    expect(keys.asked).toBe(0);
  });

  it('asks again who the issuers are after five seconds', async () => {
    const { prover, clock } = setUp();
    const { untilMs } = await prover.prove(await sign(rsa, claims()));
    expect(untilMs).toBe(clock.now() + 5_000);
  });
});
