import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cookies } from '../support/cookies';
import { OidcProvider } from '../support/oidc-provider';
import { Platform, runMedserve } from '../support/platform';

const CSRF = { 'x-medserve-csrf': '1' };
const ADA = { sub: 'ada', name: 'Ada Byron', roles: ['radiologist'] };
/** What is revoked stops working within this time. */
const NOTICED_MS = 5_000;

describe('signing in to the page', () => {
  let platform: Platform;
  let provider: OidcProvider;
  let line: string;

  beforeAll(async () => {
    [platform, provider] = await Promise.all([Platform.start({ shape: 'single' }), OidcProvider.start()]);
    await command('tenants', 'add', 'north', '--name', 'Northern General');
    await provider.tell('page', platform.ready.url);
    line = await addIssuer();
  }, 120_000);
  afterAll(async () => {
    await provider.stop();
    await platform.remove();
  }, 30_000);

  const command = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runMedserve(...words, '--home', platform.ready.home);
    if (status !== 0) throw new Error(`medserve ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const newKey = async (...options: string[]): Promise<{ id: string; key: string }> =>
    JSON.parse(await command('keys', 'create', '--label', 'CT desk', ...options, '--json')) as {
      id: string;
      key: string;
    };
  const addIssuer = async (): Promise<string> => {
    const file = join(mkdtempSync(join(tmpdir(), 'medserve-sign-in-')), 'secret');
    writeFileSync(file, 'console-secret-of-more-than-32-characters\n');
    const added = await command(
      ...['issuers', 'add', '--tenant', 'north', '--issuer', provider.issuer, '--jwks', provider.jwks],
      ...['--audience', OidcProvider.AUDIENCE, '--role-claim', 'roles', '--map-role', 'radiologist=clinician'],
      ...['--sign-in-client', 'console', '--sign-in-secret', file, '--sign-in-title', 'Northern General'],
    );
    return added.replace('added ', '');
  };

  /** A browser, as far as cookies go; nothing that it is told to go on to is followed. */
  const ask = async (cookies: Cookies, path: string, init: RequestInit = {}) => {
    const url = new URL(path, platform.ready.url);
    const headers = { ...cookies.headers(url), ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    cookies.keep(url, response.headers);
    const text = await response.text();
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, json };
  };
  const signIn = (cookies: Cookies, key: string) =>
    ask(cookies, '/v1/sign-in', { method: 'POST', headers: CSRF, body: JSON.stringify({ key }) });
  const me = (cookies: Cookies) => ask(cookies, '/v1/me');

  it('gives a browser that has a key a session, by a cookie that no script reads, and nothing of the key', async () => {
    const { id, key } = await newKey('--tenant', 'north', '--role', 'clinician');
    const cookies = new Cookies();
    const { status, json, headers } = await signIn(cookies, key);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id, kind: 'key', tenant: 'north', role: 'clinician', displayName: 'CT desk' });
    expect(json['session']).toMatchObject({ idleTimeoutMs: 1_800_000 });
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/^medserve-session-\d+=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await me(cookies)).json).toEqual(json);
    expect((await ask(cookies, '/v1/models')).status).toBe(200);
    expect((await ask(cookies, '/v1/audit')).status).toBe(403);
    const again = new Cookies(cookies);
    await signIn(again, key);
    expect(again.value('medserve-session')).not.toBe(cookies.value('medserve-session'));
    expect((await me(cookies)).status).toBe(401);
    expect((await me(again)).status).toBe(200);
  }, 30_000);

  it('takes changes from its own page only', async () => {
    const cookies = new Cookies();
    await signIn(cookies, platform.ready.key);
    const purge = (headers: Record<string, string>) =>
      ask(cookies, '/v1/cache/purge', { method: 'POST', headers, body: '{"model":"none"}' });
    expect((await purge({})).status).toBe(403);
    expect((await purge({ ...CSRF, origin: 'https://evil.example' })).status).toBe(403);
    expect((await purge({ ...CSRF, 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await purge({ ...CSRF, origin: platform.ready.url })).status).toBe(200);
    expect((await purge({ ...CSRF, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await ask(cookies, '/v1/me', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    const evil = { ...CSRF, origin: 'https://evil.example' };
    const body = JSON.stringify({ key: platform.ready.key });
    expect((await ask(new Cookies(), '/v1/sign-in', { method: 'POST', headers: evil, body })).status).toBe(403);
    expect((await ask(new Cookies(), '/v1/sign-in', { method: 'POST', body })).status).toBe(403);
    expect((await ask(cookies, '/v1/sign-in', { method: 'DELETE' })).status).toBe(403);
    expect((await me(cookies)).status).toBe(200);
  }, 30_000);

  it('believes the credential in the header before the cookie', async () => {
    const cookies = new Cookies();
    await signIn(cookies, platform.ready.key);
    const { id, key } = await newKey('--tenant', 'north', '--role', 'device');
    const headers = { authorization: `Bearer ${key}` };
    expect((await ask(cookies, '/v1/me', { headers })).json).toMatchObject({ id, tenant: 'north' });
    expect((await ask(cookies, '/v1/me', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  }, 30_000);

  it('ends a session at once where somebody signs out, and within five seconds where the key is revoked', async () => {
    const { id, key } = await newKey('--tenant', 'north', '--role', 'clinician');
    const [here, there] = [new Cookies(), new Cookies()];
    await signIn(here, key);
    await signIn(there, key);
    const stale = new Cookies(here);
    const out = await ask(here, '/v1/sign-in', { method: 'DELETE', headers: CSRF });
    expect(out.status).toBe(204);
    expect(here.value('medserve-session')).toBeUndefined();
    expect((await me(stale)).status).toBe(401);
    expect((await me(there)).status).toBe(200);
    await command('keys', 'revoke', id);
    await until(async () => (await me(there)).status === 401);
    expect((await ask(stale, '/v1/sign-in', { method: 'DELETE', headers: CSRF })).status).toBe(204);
  }, 60_000);

  describe('at the issuer of the hospital', () => {
    /** As a browser goes, from the page to the issuer and back; how it was led on at last. */
    const travel = async (cookies: Cookies, theirs: Cookies, from = '/v1/sign-in/oidc/' + line) => {
      const first = await ask(cookies, from);
      let at = new URL(first.headers.get('location') ?? '', platform.ready.url);
      const began = at;
      while (at.origin === provider.issuer) {
        const response = await fetch(at, { headers: theirs.headers(at), redirect: 'manual' });
        theirs.keep(at, response.headers);
        const next = response.headers.get('location');
        if (next === null) throw new Error(`the provider says ${String(response.status)}: ${await response.text()}`);
        at = new URL(next, at);
      }
      return { began, back: at, path: at.pathname + at.search };
    };
    const roundTrip = async (cookies: Cookies, from?: string) => {
      const { path } = await travel(cookies, new Cookies(), from);
      return (await ask(cookies, path)).headers.get('location');
    };

    beforeEach(async () => {
      await provider.tell('person', ADA);
    });

    it('is offered by its title', async () => {
      const { json } = await ask(new Cookies(), '/v1/sign-in/providers');
      expect(json).toEqual({ providers: [{ id: line, title: 'Northern General' }] });
      const secret = join(platform.ready.home, 'keys', 'sign-in', line);
      expect(statSync(secret).mode & 0o777).toBe(0o600);
      expect(readFileSync(secret, 'utf8')).toBe('console-secret-of-more-than-32-characters\n');
    });

    it('is a person with the scopes of the role, back on the page that they came from', async () => {
      const cookies = new Cookies();
      const from = `/v1/sign-in/oidc/${line}?returnTo=${encodeURIComponent('/models')}`;
      const { began, path } = await travel(cookies, new Cookies(), from);
      expect(Object.fromEntries(began.searchParams)).toMatchObject({
        response_type: 'code',
        client_id: 'console',
        code_challenge_method: 'S256',
        redirect_uri: `${platform.ready.url}/v1/sign-in/oidc/callback`,
      });
      for (const name of ['state', 'nonce', 'code_challenge'])
        expect(began.searchParams.get(name)?.length).toBeGreaterThan(16);
      const back = await ask(cookies, path);
      expect([back.status, back.headers.get('location')]).toEqual([302, '/models']);
      expect(back.headers.getSetCookie().join()).toMatch(
        /medserve-session-\d+=.{43}; Path=\/; HttpOnly; SameSite=Strict/,
      );
      const { json } = await me(cookies);
      expect(json).toMatchObject({
        id: expect.stringMatching(/^u-[0-9a-f]{32}$/) as string,
        kind: 'user',
        tenant: 'north',
        role: 'clinician',
        displayName: 'Ada Byron',
        // The line's ceiling is the usual scopes; the role would have more.
        scopes: ['infer', 'model:read', 'result:read'],
      });
      expect((await ask(cookies, '/v1/models')).status).toBe(200);
    }, 30_000);

    it('leads nobody anywhere but to a page of ours', async () => {
      for (const returnTo of [
        'https://evil.example',
        '//evil.example',
        '/\\evil.example',
        '/v1/me',
        '/models/../x',
        '',
      ]) {
        const from = `/v1/sign-in/oidc/${line}?${new URLSearchParams({ returnTo }).toString()}`;
        expect(await roundTrip(new Cookies(), from)).toBe('/');
      }
    }, 30_000);

    it('is not begun by the page of another, which would change who is signed in', async () => {
      for (const site of ['cross-site', 'same-site']) {
        const headers = { 'sec-fetch-site': site };
        const led = await ask(new Cookies(), `/v1/sign-in/oidc/${line}`, { headers });
        expect([led.status, led.headers.get('location'), led.headers.getSetCookie()]).toEqual([302, '/sign-in', []]);
      }
      const typed = await ask(new Cookies(), `/v1/sign-in/oidc/${line}`, { headers: { 'sec-fetch-site': 'none' } });
      expect(typed.headers.get('location')).toContain(provider.issuer);
    }, 30_000);

    it('takes a way back once, in the browser that began it, and no other', async () => {
      const cookies = new Cookies();
      const { path } = await travel(cookies, new Cookies());
      const kept = new Cookies(cookies);
      expect((await ask(new Cookies(), path)).headers.get('location')).toBe('/sign-in#trouble=expired');
      const other = new Cookies();
      await travel(other, new Cookies());
      expect((await ask(other, path)).headers.get('location')).toBe('/sign-in#trouble=expired');
      expect((await ask(cookies, path)).headers.get('location')).toBe('/');
      expect((await ask(kept, path)).headers.get('location')).toBe('/sign-in#trouble=expired');
    }, 30_000);

    it('tells the page why it did not work', async () => {
      await provider.tell('person', null);
      expect(await roundTrip(new Cookies())).toBe('/sign-in#trouble=denied');
      await provider.tell('person', { ...ADA, roles: ['gardener'] });
      expect(await roundTrip(new Cookies())).toBe('/sign-in#trouble=no-rights');
      await provider.tell('person', ADA);
      const cookies = new Cookies();
      const { path } = await travel(cookies, new Cookies());
      const forged = path.replace(/code=[^&]+/, 'code=forged');
      expect((await ask(cookies, forged)).headers.get('location')).toBe('/sign-in#trouble=refused');
      expect((await ask(new Cookies(), '/v1/sign-in/oidc/none')).status).toBe(404);
    }, 30_000);

    it('ends the sessions of its people when it is believed no more', async () => {
      const cookies = new Cookies();
      await roundTrip(cookies);
      expect((await me(cookies)).status).toBe(200);
      await command('issuers', 'remove', line);
      await until(async () => (await me(cookies)).status === 401);
      expect(existsSync(join(platform.ready.home, 'keys', 'sign-in', line))).toBe(false);
      await until(async () => (await ask(new Cookies(), `/v1/sign-in/oidc/${line}`)).status === 404);
      line = await addIssuer();
    }, 60_000);
  });

  it('stands in the ledger, with a session for a subject and never a secret', async () => {
    const cookies = new Cookies();
    await signIn(new Cookies(), 'msk_x');
    await signIn(cookies, platform.ready.key);
    const body = JSON.stringify({ limit: 100 });
    const { json } = await ask(cookies, '/v1/audit/search', { method: 'POST', headers: CSRF, body });
    const entries = json['entries'] as { event: { event: string; subject: string } }[];
    expect(entries.map(({ event }) => event.event)).toEqual(expect.arrayContaining(['signed_in', 'sign_in_refused']));
    expect(JSON.stringify(entries)).not.toMatch(/msk_|"[A-Za-z0-9_-]{43}"/);
    expect(await command('audit', 'verify', '--tenant', 'north')).toContain('The ledger is whole.');
  }, 30_000);

  it('outlives a restart of the platform', async () => {
    const { key } = await newKey('--tenant', 'north', '--role', 'clinician');
    const cookies = new Cookies();
    await signIn(cookies, key);
    const { home, url } = platform.ready;
    await platform.stop();
    platform = await Platform.start({ shape: 'single', home, options: ['--port', new URL(url).port] });
    expect((await me(cookies)).status).toBe(200);
  }, 90_000);

  // The last: it uses up the attempts of this address for a minute.
  it('answers every wrong key alike, and nobody who guesses for long', async () => {
    const answers = new Set<string>();
    const statuses: number[] = [];
    const wrong = ['x', 'msk_x', `${platform.ready.key}x`, `msk_${'0'.repeat(12)}_${'A'.repeat(43)}00000000`];
    for (const key of [...wrong, ...Array.from({ length: 36 }, () => 'msk_x')]) {
      const { status, json, headers } = await signIn(new Cookies(), key);
      statuses.push(status);
      if (status === 401) answers.add(String(json['detail']));
      else expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect([...answers]).toHaveLength(1);
    // Of this minute; were it to turn here, some more would be told that they are wrong.
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(20);
    expect(statuses.at(-1)).toBe(429);
  }, 30_000);
});

/** Asks again until it is so, for as long as it may take. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const givesUpAt = Date.now() + 2 * NOTICED_MS;
  while (!(await isSo())) {
    if (Date.now() > givesUpAt) throw new Error('it is still not so');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
