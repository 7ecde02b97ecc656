import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Platform, ROOT, runMedserve, until } from '../support/platform';

const BUILT = join(ROOT, 'apps', 'console', 'dist');

describe.each(['single', 'split'] as const)('the console of a platform, shape %s', (shape) => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start({ shape });
  }, 120_000);
  afterAll(() => platform.remove(), 30_000);

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(new URL(path, platform.ready.console), { headers });

  it('stands where the ready file says, and the first thing that is said is how to open it', async () => {
    const { console: address, url, key } = platform.ready;
    expect(address).toBe(`${url}/`);
    const opened = (): RegExpExecArray | null =>
      /console {2}(\S+)#code=(msc_[A-Za-z0-9_-]{43})\n/.exec(platform.output);
    // What a process said arrives when it does, before or after its ready file.
    await until('the address of the console to be said', () => opened() !== null);
    expect(opened()?.[1]).toBe(address);
    expect(platform.output).not.toContain(`#key=${key}`);
    expect(await (await get('/')).text()).toBe(readFileSync(join(BUILT, 'index.html'), 'utf8'));
  }, 30_000);

  it('lets one browser in by the address that is said, and by each that "medserve console" prints', async () => {
    const signIn = (code: string): Promise<Response> =>
      fetch(new URL('/v1/sign-in', platform.ready.url), {
        method: 'POST',
        headers: { 'x-medserve-csrf': '1' },
        body: JSON.stringify({ code }),
      });
    const said = /#code=(\S+)/.exec(platform.output)?.[1] ?? '';
    const { stdout } = await runMedserve('console', '--home', platform.ready.home, '--json');
    const { hash } = new URL((JSON.parse(stdout) as { url: string }).url);
    for (const code of [said, hash.replace('#code=', '')]) {
      const [first, second] = [await signIn(code), await signIn(code)];
      expect([first.status, second.status]).toEqual([200, 401]);
      expect(await first.json()).toMatchObject({ displayName: 'run', scopes: expect.arrayContaining(['infer']) as [] });
      expect(await second.json()).toMatchObject({ remedy: expect.stringContaining('medserve console') as string });
    }
    const help = await runMedserve('console', '--help');
    expect(help.stdout).toContain('medserve console --home');
  }, 30_000);

  it('has every file that the page names, whole, and lets none of them be anything else', async () => {
    const page = await (await get('/work')).text();
    const named = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(2);
    for (const path of named) {
      for (const coding of ['br', 'gzip', 'identity']) {
        const response = await get(path, { 'accept-encoding': coding });
        expect([path, response.status, response.headers.get('x-content-type-options')]).toEqual([path, 200, 'nosniff']);
        expect(Buffer.from(await response.arrayBuffer())).toEqual(readFileSync(join(BUILT, path)));
      }
    }
  }, 30_000);

  it('has nothing inline that its own policy would refuse', async () => {
    const response = await get('/');
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'");
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/);
  }, 30_000);
});
