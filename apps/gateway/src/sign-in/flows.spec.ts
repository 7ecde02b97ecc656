import { pageOr } from './page-paths';
import { FLOW_MS, SealedFlows } from './sealed-flow';

const FLOW = {
  provider: '27fba1c3-feec-4313-b486-891e1a7a13bd',
  state: 's'.repeat(43),
  nonce: 'n'.repeat(43),
  verifier: 'v'.repeat(43),
  returnTo: '/models',
};

describe('a sign-in under way', () => {
  const clock = { ms: 1_000_000 };
  const flows = new SealedFlows(Buffer.alloc(32, 1), () => clock.ms);

  it('is opened by the gateways that share a pepper, for ten minutes', () => {
    const sealed = flows.seal(FLOW);
    expect(sealed.length).toBeLessThan(1_024);
    expect(new SealedFlows(Buffer.alloc(32, 1), () => clock.ms).open(sealed)).toMatchObject(FLOW);
    expect(new SealedFlows(Buffer.alloc(32, 2), () => clock.ms).open(sealed)).toBeUndefined();
    clock.ms += FLOW_MS - 1;
    expect(flows.open(sealed)).toBeDefined();
    clock.ms += 1;
    expect(flows.open(sealed)).toBeUndefined();
  });

  it('is not read in the browser, and nothing that was changed there is believed', () => {
    const sealed = flows.seal(FLOW);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('vvv');
    for (let at = 0; at < sealed.length; at += 7) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
      expect(flows.open(changed)).toBeUndefined();
    }
    for (const text of ['', 'x', 'A'.repeat(40)]) expect(flows.open(text)).toBeUndefined();
  });
});

describe('pageOr', () => {
  it.each(['/', '/work', '/models', '/models/head-ct', '/pools', '/audit', '/answers/0190-ab', '/sign-in'])(
    'goes on to %s',
    (path) => {
      expect(pageOr(path)).toBe(path);
    },
  );

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/models/..\\..',
    '/models/a/b',
    '/v1/me',
    '/work?x=1',
    '/work\nset-cookie: a=b',
    ' /work',
    undefined,
    ['/work'],
  ])('goes to the first page in place of %j', (path) => {
    expect(pageOr(path)).toBe('/');
  });
});
