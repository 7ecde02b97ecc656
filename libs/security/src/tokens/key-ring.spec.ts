import { HandClock, KeyServer, settle, signer, type Signer } from '../testing/token-world';
import { fetchJwks } from './fetch-jwks';
import { KeyRing } from './key-ring';

const MINUTE = 60_000;

describe('KeyRing', () => {
  let first: Signer;
  let second: Signer;

  beforeAll(async () => {
    [first, second] = await Promise.all([signer('ES256', 'k1'), signer('ES256', 'k2')]);
  });

  /** A provider in memory, whose answers the test gives. */
  function setUp() {
    const clock = new HandClock(0);
    const provider = { keys: [first.jwk], asked: 0, atOnce: 0, most: 0, isAway: false, hold: Promise.resolve() };
    const troubles: unknown[] = [];
    const ring = new KeyRing({
      clock,
      onTrouble: (error) => troubles.push(error),
      read: async () => {
        provider.asked += 1;
        provider.atOnce += 1;
        provider.most = Math.max(provider.most, provider.atOnce);
        const keys = [...provider.keys];
        await provider.hold;
        provider.atOnce -= 1;
        if (provider.isAway) throw new Error('away');
        return { keys };
      },
    });
    const find = (one: Signer): Promise<unknown> => clock.through(ring.keyFor({ alg: one.alg, kid: one.kid }));
    return { clock, provider, ring, find, troubles };
  }

  it('asks once for many that come at once', async () => {
    const { find, provider } = setUp();
    await Promise.all(Array.from({ length: 100 }, () => find(first)));
    expect(provider).toMatchObject({ asked: 1, most: 1 });
  });

  it('asks again for a key that it does not know, at most every second and never twice at once', async () => {
    const { clock, find, provider } = setUp();
    await find(first);
    const strangers = Array.from({ length: 200 }, (_, index) => find({ ...second, kid: `x${String(index)}` }));
    const outcomes = await Promise.allSettled(strangers);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(provider).toMatchObject({ asked: 2, most: 1 });
    expect(clock.now()).toBe(1_000);
  });

  it('never refuses a key that was published before its token came, whatever was being read then', async () => {
    const { clock, find, provider, ring } = setUp();
    await find(first);
    await clock.pass(5_000);
    // A reading that began before the new key was published will not have it.
    let go = (): void => undefined;
    provider.hold = new Promise((resolve) => (go = resolve));
    const stranger = ring.keyFor({ alg: 'ES256', kid: 'nobody' });
    stranger.catch(() => undefined);
    await settle();
    provider.keys = [first.jwk, second.jwk];
    const fresh = ring.keyFor({ alg: 'ES256', kid: 'k2' });
    go();
    await expect(clock.through(fresh)).resolves.toBeDefined();
    await expect(clock.through(stranger)).rejects.toThrow();
  });

  it('uses the keys that it had for an hour while the provider is away, then none', async () => {
    const { clock, find, provider, troubles } = setUp();
    await find(first);
    provider.isAway = true;
    await clock.pass(59 * MINUTE);
    await expect(find(first)).resolves.toBeDefined();
    await settle();
    expect(troubles).toHaveLength(1);
    await clock.pass(MINUTE);
    await expect(find(first)).rejects.toMatchObject({ reason: 'unavailable' });
    provider.isAway = false;
    await expect(find(first)).resolves.toBeDefined();
  });

  it('says that it cannot know, not that the token is wrong, where the provider is away', async () => {
    const { find, provider } = setUp();
    await find(first);
    provider.isAway = true;
    await expect(find(second)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('notices after five minutes that a key was withdrawn, and keeps nobody waiting for that', async () => {
    const { clock, find, provider } = setUp();
    await find(first);
    provider.keys = [second.jwk];
    await clock.pass(5 * MINUTE);
    await expect(find(first)).resolves.toBeDefined();
    await settle();
    await expect(find(first)).rejects.toThrow();
    expect(provider.most).toBe(1);
  });

  it('lets a thousand wait, and tells the next to come back', async () => {
    const { clock, provider, ring, find } = setUp();
    await find(first);
    const waiting = Array.from({ length: 1_000 }, () => ring.keyFor({ alg: 'ES256', kid: 'k2' }));
    await settle();
    await expect(ring.keyFor({ alg: 'ES256', kid: 'k2' })).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(ring.keyFor({ alg: 'ES256', kid: 'k1' })).resolves.toBeDefined();
    provider.keys = [second.jwk];
    await clock.through(Promise.all(waiting));
  });
});

describe('fetchJwks', () => {
  let server: KeyServer;
  let key: Signer;

  beforeAll(async () => {
    server = await KeyServer.start();
    key = await signer('EdDSA', 'k1');
  });
  beforeEach(() => {
    server.answer = undefined;
    server.keys = [key.jwk];
  });
  afterAll(() => server.stop());

  const get = (): Promise<unknown> => fetchJwks(new URL(server.url));

  it('gives the public keys for signatures, and passes over all others', async () => {
    const others = [{ ...key.jwk, use: 'enc' }, { kty: 'oct', k: 'AAAA' }, { ...key.jwk, d: 'AAAA' }, { kty: 'AKP' }];
    server.keys = [...others, key.jwk] as never;
    expect(await get()).toEqual({ keys: [key.jwk] });
  });

  it.each([
    ['a failure', { status: 500, body: '{"keys":[]}' }],
    ['a page', { type: 'text/html', body: '<html>' }],
    ['no JSON', { body: '{"keys":' }],
    ['a list', { body: '[]' }],
    ['no keys', { body: '{"keys":[]}' }],
    ['keys that are none', { body: '{"keys":[null,1,"x",[]]}' }],
    ['50 MB', { body: `{"keys":[],"x":"${'x'.repeat(50_000_000)}"}` }],
    ['101 keys', { body: JSON.stringify({ keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) }) }],
    ['a way to somewhere else', { status: 302, body: '', location: '/elsewhere' }],
  ])('takes %s for no keys', async (_name, answer) => {
    server.answer = answer;
    await expect(get()).rejects.toThrow();
  });
});
