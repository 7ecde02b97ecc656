import { Caller, type Reply } from '../support/caller';
import { Platform, runMedserve, until } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';

interface Use {
  readonly department: string;
  readonly completed: number;
  readonly refused: number;
  readonly cpuSeconds: number;
  readonly costUnits: number;
}

/** What an operator changes, and what was used, is there within this time. */
const NOTICED_MS = 5_000;
const SLACK_MS = 10_000;

describe('quotas of a platform', () => {
  let platform: Platform;
  let all: Caller;
  let small: { readonly id: string; readonly caller: Caller };
  let free: { readonly id: string; readonly caller: Caller };

  beforeAll(async () => {
    platform = await Platform.start({ shape: 'single' });
    all = new Caller(platform.ready);
    [small, free] = await Promise.all([somebody('small'), somebody('free')]);
  }, 120_000);
  afterAll(() => platform.remove(), 30_000);

  /** Somebody with a key of their own, in a department of their own. */
  const somebody = async (department: string) => {
    const body = new Uint8Array(Buffer.from(JSON.stringify({ label: department, scopes: ['infer'], department })));
    const { status, json } = await all.call('/v1/keys', { method: 'POST', body });
    expect(status).toBe(201);
    return { id: String(json['id']), caller: new Caller({ ...platform.ready, key: String(json['key']) }) };
  };
  const quotas = (...words: string[]) => runMedserve('quotas', ...words, '--home', platform.ready.home);
  const limitTo = async (limit: number): Promise<void> => {
    const said = await quotas('set', 'requests', '--limit', String(limit), '--window', '1d', '--client', small.id);
    expect(said).toMatchObject({ status: 0 });
  };
  const ask = ({ caller }: typeof small): Promise<Reply> => caller.infer(syntheticSlice(), 'application/dicom');

  it('bind one key and no other, say so to its callers, and let in more in the same window once they are raised', async () => {
    await limitTo(2);
    expect([(await ask(small)).status, (await ask(small)).status]).toEqual([200, 200]);
    const refused = await ask(small);
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({ code: 'quota_exceeded', limit: 'client-requests: 2 requests in 86400 s' });
    const retryAfterS = Number(refused.headers.get('retry-after'));
    expect(retryAfterS).toBeGreaterThan(0);
    expect(retryAfterS).toBeLessThanOrEqual(86_400);
    expect(refused.headers.get('ratelimit-policy')).toBe('"client-requests";q=2;w=86400');
    expect(refused.headers.get('ratelimit')).toMatch(/^"client-requests";r=0;t=\d+$/);

    const other = await ask(free);
    expect(other.status).toBe(200);
    expect(other.headers.get('ratelimit')).toBeNull();

    await limitTo(4);
    await until('the raised quota', async () => (await ask(small)).status === 200, NOTICED_MS + SLACK_MS);
    expect([(await ask(small)).status, (await ask(small)).status]).toEqual([200, 429]);
  }, 60_000);

  it('are told apart in the figures of usage, those let in and those refused', async () => {
    const usage = async (): Promise<Record<string, Use>> => {
      const { status, json } = await all.call('/v1/usage?by=department');
      expect(status).toBe(200);
      return Object.fromEntries((json['data'] as unknown as Use[]).map((use) => [use.department, use]));
    };
    await until('the usage', async () => (await usage())['small']?.completed === 4, NOTICED_MS + SLACK_MS);
    const used = await usage();
    expect(used['small']?.refused).toBeGreaterThanOrEqual(2);
    expect(used['free']).toMatchObject({ completed: 1, refused: 0 });
    expect(used['free']?.costUnits).toBeGreaterThan(0);
    expect(used['free']?.cpuSeconds).toBeGreaterThan(0);
  }, 60_000);

  it('are not set for a tenant that there is not, and nothing is told of it', async () => {
    const said = await quotas('set', 'requests', '--limit', '1', '--tenant', 'nosuch');
    expect(said.status).not.toBe(0);
    expect(said.stderr).toContain('there is no tenant "nosuch"');
    const { stdout } = await quotas('list', '--json');
    expect(JSON.parse(stdout)).toMatchObject([{ client: small.id, limit: 4 }]);
  }, 60_000);

  it('and usage of a tenant that there is not are no empty lists: who mistypes a name is told', async () => {
    const home = ['--tenant', 'nroth', '--home', platform.ready.home];
    for (const words of [['quotas', 'list'], ['usage'], ['usage', '--csv']]) {
      const { status, stdout, stderr } = await runMedserve(...words, ...home);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toContain('there is no tenant "nroth"');
    }
  }, 60_000);
});
