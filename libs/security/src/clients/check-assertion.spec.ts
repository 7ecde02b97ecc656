import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, SignJWT, type JWTPayload } from 'jose';
import { HandClock, KeyServer, signer, type Signer } from '../testing/token-world';
import { rotateOwnKey } from '../tokens/own-keys';
import { OwnTokens } from '../tokens/own-tokens';
import { Assertions } from './check-assertion';
import type { Client } from '../client';

const NOW = Date.UTC(2026, 10, 25, 12);
const PLATFORM = 'https://medserve.example';
const ENDPOINT = `${PLATFORM}/oauth/token`;

describe('a registered client', () => {
  let es: Signer;
  let rs: Signer;
  let server: KeyServer;

  beforeAll(async () => {
    [es, rs] = await Promise.all([signer('ES384', 'c1'), signer('RS384', 'c2')]);
    server = await KeyServer.start();
  });
  beforeEach(() => {
    server.keys = [es.jwk];
    server.asked = 0;
  });
  afterAll(() => server.stop());

  function setUp(change: Partial<Client> = {}) {
    const clock = new HandClock(NOW);
    const client: Client = {
      id: randomUUID(),
      tenant: 'north',
      label: 'archive',
      jwks: { keys: [es.jwk, rs.jwk] },
      jwksUri: null,
      certificateSha256: null,
      certificateName: null,
      scopes: ['infer', 'result:read'],
      site: 'main',
      department: null,
      revokedAt: null,
      ...change,
    };
    const state = { client, isActive: true, used: new Set<string>(), keptUntil: new Date(0) };
    const clients = { findById: (id: string) => Promise.resolve(id === client.id ? state.client : undefined) };
    // Two gateways with one database.
    const gateway = () =>
      new Assertions({
        clients,
        memory: {
          remember: ({ jtiHash, client: of, until }) => {
            state.keptUntil = until;
            const name = of + jtiHash.toString('hex');
            const isFirst = !state.used.has(name);
            state.used.add(name);
            return Promise.resolve(isFirst);
          },
        },
        isActive: () => Promise.resolve(state.isActive),
        audience: () => ENDPOINT,
        clock,
      });
    const folder = mkdtempSync(join(tmpdir(), 'medserve-tokens-'));
    const platform = () => new OwnTokens({ folder, issuer: () => PLATFORM, clients, clock });
    return { clock, client, state, gateway, platform, folder, assertions: gateway() };
  }

  const claims = (id: string, change: JWTPayload = {}): JWTPayload => ({
    iss: id,
    sub: id,
    aud: ENDPOINT,
    jti: randomUUID(),
    exp: NOW / 1000 + 300,
    ...change,
  });
  const sign = (by: Signer, payload: JWTPayload, header: object = {}): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: by.alg, kid: by.kid, typ: 'JWT', ...header }).sign(by.key);

  it('proves itself by an assertion, under either algorithm that SMART names', async () => {
    const { assertions, client } = setUp();
    for (const by of [es, rs]) expect(await assertions.clientOf(await sign(by, claims(client.id)))).toEqual(client);
  });

  it('cannot use an assertion twice, not even at another gateway', async () => {
    const { gateway, client } = setUp();
    const assertion = await sign(es, claims(client.id));
    await gateway().clientOf(assertion);
    await expect(gateway().clientOf(assertion)).rejects.toThrow('The assertion was used before.');
  });

  it('has an assertion remembered for an hour longer than it is good for: the clock of who forgets may be ahead', async () => {
    const { assertions, client, state } = setUp();
    await assertions.clientOf(await sign(es, claims(client.id)));
    expect(state.keptUntil).toEqual(new Date(NOW + (300 + 60 + 3_600) * 1_000));
  });

  it('is not waited for with a key that it does not have, where its keys are registered: they cannot have changed', async () => {
    const { assertions, client } = setUp();
    const unknown = await sign(es, claims(client.id), { kid: 'of-nobody' });
    // The clock of the test stands: whoever waits for a reading would wait for ever.
    await expect(assertions.clientOf(unknown)).rejects.toThrow('no valid key');
  });

  it('gets in while a thousand others ask for keys that nobody has', async () => {
    const { assertions, client, clock } = setUp({ jwks: null, jwksUri: server.url });
    await assertions.clientOf(await sign(es, claims(client.id)));
    const unknown = await sign(es, claims(client.id), { kid: 'of-nobody' });
    const flood = Array.from({ length: 1_000 }, () => assertions.clientOf(unknown).catch((error: unknown) => error));
    await expect(assertions.clientOf(await sign(es, claims(client.id)))).resolves.toEqual(client);
    await clock.through(Promise.all(flood));
  });

  it('has four signatures checked at once, and is sent away with the fifth until one is done', async () => {
    const { assertions, client } = setUp();
    const signed = await Promise.all(Array.from({ length: 5 }, () => sign(es, claims(client.id))));
    const outcomes = await Promise.allSettled(signed.map((assertion) => assertions.clientOf(assertion)));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refusals).toEqual([expect.objectContaining({ reason: 'overloaded', limit: 'assertions of a client: 4' })]);
    await expect(assertions.clientOf(await sign(es, claims(client.id)))).resolves.toEqual(client);
  });

  it('may publish its keys, which are asked for once, and repeat where, never say anything else', async () => {
    const { assertions, client } = setUp({ jwks: null, jwksUri: server.url });
    await assertions.clientOf(await sign(es, claims(client.id)));
    await assertions.clientOf(await sign(es, claims(client.id), { jku: server.url }));
    expect(server.asked).toBe(1);
    const elsewhere = await sign(es, claims(client.id), { jku: `${server.url}?` });
    await expect(assertions.clientOf(elsewhere)).rejects.toThrow('no valid key');
    expect(server.asked).toBe(1);
  });

  it.each<[string, (id: string) => JWTPayload]>([
    ['an end more than five minutes ahead', (id) => claims(id, { exp: NOW / 1000 + 361 })],
    ['an end that has passed', (id) => claims(id, { exp: NOW / 1000 - 61 })],
    ['no end', (id) => ({ iss: id, sub: id, aud: ENDPOINT, jti: 'x' })],
    ['the platform as audience', (id) => claims(id, { aud: PLATFORM })],
    ['another audience', (id) => claims(id, { aud: 'https://evil.example/oauth/token' })],
    ['another subject', (id) => claims(id, { sub: 'root' })],
    ['no jti', (id) => ({ iss: id, sub: id, aud: ENDPOINT, exp: NOW / 1000 + 60 })],
    ['an empty jti', (id) => claims(id, { jti: '' })],
    ['a jti that is a number', (id) => claims(id, { jti: 7 as unknown as string })],
    ['a jti of 256 characters', (id) => claims(id, { jti: 'x'.repeat(256) })],
    ['a time in the future', (id) => claims(id, { nbf: NOW / 1000 + 61 })],
  ])('is refused with %s, and nothing is remembered', async (_name, payload) => {
    const { assertions, client, state } = setUp();
    const assertion = await sign(es, payload(client.id));
    await expect(assertions.clientOf(assertion)).rejects.toMatchObject({ reason: 'unauthenticated' });
    expect(state.used.size).toBe(0);
  });

  it('is refused when it is unknown, revoked, of a suspended tenant, or signs with another algorithm or key', async () => {
    const { assertions, client, state, clock } = setUp();
    const [other, weak] = await Promise.all([signer('ES384', 'c1'), signer('ES256', 'c1')]);
    const refusal = async (assertion: string): Promise<unknown> =>
      clock.through(assertions.clientOf(assertion)).catch((error: unknown) => (error as Error).message);
    const words = 'The request carries no valid key.';
    expect(await refusal(await sign(es, claims(randomUUID())))).toBe(words);
    expect(await refusal(await sign(es, claims("x' OR 1=1")))).toBe(words);
    expect(await refusal(await sign(other, claims(client.id)))).toBe(words);
    expect(await refusal(await sign(weak, claims(client.id)))).toBe(words);
    expect(await refusal(await sign(es, claims(client.id), { jwk: es.jwk }))).toBe(words);
    state.isActive = false;
    expect(await refusal(await sign(es, claims(client.id)))).toBe(words);
    state.isActive = true;
    state.client = { ...client, revokedAt: new Date(0) };
    expect(await refusal(await sign(es, claims(client.id)))).toBe(words);
    expect(state.used.size).toBe(0);
  });

  it('gets a token of five minutes that says nothing of its tenant, and is known by it', async () => {
    const { platform, client, clock } = setUp();
    const tokens = platform();
    const { token, expiresInS } = await tokens.issue(client, ['infer']);
    expect(expiresInS).toBe(300);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(decodeJwt(token)).not.toHaveProperty('tenant');
    expect(tokens.takes(token)).toBe(true);
    const { principal } = await platform().prove(token);
    expect(principal).toEqual({
      id: client.id,
      kind: 'client',
      tenant: 'north',
      site: 'main',
      role: 'integration',
      scopes: new Set(['infer']),
    });
    await clock.pass(361_000);
    await expect(tokens.prove(token)).rejects.toThrow('The token has expired.');
  });

  it('loses what its tokens are worth when it is revoked or its scopes are taken away', async () => {
    const { platform, client, state, clock } = setUp();
    const tokens = platform();
    const { token } = await tokens.issue(client, ['infer', 'result:read']);
    await tokens.prove(token);
    state.client = { ...client, scopes: ['infer'] };
    await clock.pass(5_001);
    expect((await tokens.prove(token)).principal.scopes).toEqual(new Set(['infer']));
    state.client = { ...client, revokedAt: new Date(0) };
    await clock.pass(5_001);
    await expect(tokens.prove(token)).rejects.toThrow('no valid key');
  });

  it('keeps its tokens when the platform signs with a new key, and both gateways know the new one', async () => {
    const { platform, client, clock, folder } = setUp();
    const [one, other] = [platform(), platform()];
    const before = await one.issue(client, ['infer']);
    await other.prove(before.token);
    rotateOwnKey(folder);
    await clock.pass(5_001);
    const after = await one.issue(client, ['infer']);
    expect(decodeProtectedHeader(after.token).kid).not.toBe(decodeProtectedHeader(before.token).kid);
    for (const gateway of [one, other]) {
      for (const { token } of [before, after]) await expect(clock.through(gateway.prove(token))).resolves.toBeDefined();
    }
    rotateOwnKey(folder);
    expect((await one.publicKeys()).keys).toHaveLength(2);
  });

  it('is not believed with a token that another platform, or nobody, signed', async () => {
    const [ours, theirs] = [setUp(), setUp()];
    const { token } = await theirs.platform().issue(ours.client, ['infer']);
    await expect(ours.clock.through(ours.platform().prove(token))).rejects.toThrow('no valid key');
    const [header = '', payload = ''] = token.split('.');
    const unsigned = ours.platform().prove(`${header}.${payload}.AAAA`);
    await expect(ours.clock.through(unsigned)).rejects.toThrow('no valid key');
  });
});
