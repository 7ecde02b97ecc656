import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { OidcProvider } from '../support/oidc-provider';
import { runMedserve } from '../support/platform';
import { accessibilityFaults, BrowserRig, describeInBrowser } from './rig';

const CSRF = { 'x-medserve-csrf': '1' };

describeInBrowser('signing in to the console', () => {
  let rig: BrowserRig;
  let provider: OidcProvider;
  const open: BrowserRig['open'] = (...parameters) => rig.open(...parameters);
  beforeAll(async () => {
    // Of another site, as browsers see it: cookies that are for our own pages only are not sent on the way back.
    [rig, provider] = await Promise.all([BrowserRig.start(), OidcProvider.start('localhost')]);
    await provider.tell('page', rig.url);
    const secret = join(mkdtempSync(join(tmpdir(), 'medserve-sign-in-')), 'secret');
    writeFileSync(secret, 'console-secret-of-more-than-32-characters');
    await command(
      ...['issuers', 'add', '--issuer', provider.issuer, '--jwks', provider.jwks],
      ...['--audience', OidcProvider.AUDIENCE, '--role-claim', 'roles', '--map-role', 'radiologist=clinician'],
      ...['--sign-in-client', 'console', '--sign-in-secret', secret, '--sign-in-title', 'Northern General'],
    );
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(async () => {
    await provider.stop();
    await rig.stop();
  }, 60_000);

  const command = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runMedserve(...words, '--home', rig.platform.ready.home);
    if (status !== 0) throw new Error(`medserve ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const newKey = async (label: string): Promise<{ id: string; key: string }> =>
    JSON.parse(await command('keys', 'create', '--label', label, '--role', 'clinician', '--json')) as {
      id: string;
      key: string;
    };
  const account = (page: Page, name: string) => page.getByRole('button', { name: `Account: ${name}` });
  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
  /** What the browser keeps of the console, whatever its page says. */
  const keptOf = (page: Page): Promise<string> =>
    page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), history.state, location.href]),
    );
  const signInByKey = async (page: Page, key: string): Promise<void> => {
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  it('asks for a key in the place of a page, goes on where one was, and keeps the key nowhere', async () => {
    const { key } = await newKey('reading room');
    const { page, complaints } = await open('/models', {});
    await heading(page, 'Sign in').waitFor();
    await signInByKey(page, 'msk_wrong');
    await page.getByRole('alert').getByText('This is no valid key.').waitFor();
    await signInByKey(page, key);
    await heading(page, 'Models').waitFor();
    expect(new URL(page.url()).pathname).toBe('/models');
    await account(page, 'reading room').click();
    await page.getByText('clinician').waitFor();
    expect(await keptOf(page)).not.toContain('msk_');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.reload();
    await heading(page, 'Models').waitFor();
    expect(complaints).toEqual([]);
  }, 60_000);

  it.each([
    { language: 'en', colorScheme: 'light', width: 1280 },
    { language: 'es', colorScheme: 'dark', width: 360 },
  ] as const)('has nothing against WCAG 2.2 AA in its form, $language, $colorScheme, $width px', async (reader) => {
    const { page } = await open('/', reader);
    await page.getByText('Northern General').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page
      .getByRole('button', { name: reader.language === 'en' ? 'Sign in' : 'Iniciar sesión', exact: true })
      .click();
    await page.getByRole('alert').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });

  /** A path of the page as `medserve console` prints it, with a code. */
  const withCode = async (path: string): Promise<string> => path + new URL(await newAddress()).hash;
  const newAddress = async (): Promise<string> =>
    (JSON.parse(await command('console', '--json')) as { url: string }).url;

  it('signs in with the code of an address, once, takes it off the address, and says where to get another', async () => {
    const path = await withCode('/models');
    const { page, context } = await open(path, {});
    await heading(page, 'Models').waitFor();
    expect(await keptOf(page)).not.toContain('msc_');
    expect(page.url()).toBe(`${rig.url}/models`);
    // What the browser goes back to has no code, either.
    await page.goto(`${rig.url}/pools`);
    await page.goBack();
    await heading(page, 'Models').waitFor();
    expect(page.url()).toBe(`${rig.url}/models`);
    await context.close();
    const { page: late } = await open(path, { language: 'es' });
    await late.getByText('Esta dirección ya se usó, o es demasiado antigua.').waitFor();
    const { page: again } = await open(path, {});
    await again.getByText('This address was used before, or is too old.').waitFor();
    await again.getByText('npx medserve console').first().waitFor();
    expect(await accessibilityFaults(again)).toEqual([]);
    expect(again.url()).toBe(`${rig.url}/models`);
    await signInByKey(again, rig.key);
    await heading(again, 'Models').waitFor();
  }, 60_000);

  it('signs in with a code that is pasted into a page that is open', async () => {
    const path = await withCode('/models');
    const { page } = await open('/models', {});
    await heading(page, 'Sign in').waitFor();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(path, rig.url).hash);
    await heading(page, 'Models').waitFor();
    expect(await keptOf(page)).not.toContain('msc_');
  }, 60_000);

  it('makes nobody who is signed in somebody else by a link, which stays good for who it is meant for', async () => {
    const { key } = await newKey('own');
    const path = await withCode('/models');
    const { page } = await open(path, { key });
    await account(page, 'own').waitFor();
    expect(page.url()).toBe(`${rig.url}/models`);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(path, rig.url).hash);
    await expectSoon(() => Promise.resolve(page.url() === `${rig.url}/models`));
    await page.reload();
    await account(page, 'own').waitFor();
    expect(await (await page.request.get(`${rig.url}/v1/me`)).json()).toMatchObject({ displayName: 'own' });
    const { page: meant } = await open(path, {});
    await account(meant, 'run').waitFor();
  }, 60_000);

  it('signs in at the issuer of the hospital, which is another site, and comes back to the page', async () => {
    await provider.tell('person', { sub: 'ada', name: 'Ada Byron', roles: ['radiologist'] });
    const { page, complaints } = await open('/models', {});
    await page.getByRole('button', { name: 'Sign in with Northern General' }).click();
    await account(page, 'Ada Byron').waitFor();
    await heading(page, 'Models').waitFor();
    expect(page.url()).toBe(`${rig.url}/models`);
    expect(complaints.filter((line) => !line.startsWith(`left the origin: ${provider.issuer}`))).toEqual([]);
  }, 60_000);

  it('says why a sign-in there did not work', async () => {
    await provider.tell('person', null);
    const { page } = await open('/models', {});
    await page.getByRole('button', { name: 'Sign in with Northern General' }).click();
    await page.getByText('The sign-in was cancelled there').waitFor();
    await provider.tell('person', { sub: 'bob', name: 'Bob', roles: ['gardener'] });
    await page.getByRole('button', { name: 'Sign in with Northern General' }).click();
    await page.getByText('Your account has no rights on this platform').waitFor();
  }, 60_000);

  /** Something on the page that only this document knows. */
  const mark = (page: Page): Promise<void> =>
    page.evaluate(() => {
      (window as unknown as { mark: string }).mark = 'dropped';
    });
  const marked = (page: Page): Promise<boolean> => page.evaluate(() => 'mark' in window);

  it('asks anew where a session ended, without losing the page; as somebody else one begins with an empty one', async () => {
    const { key } = await newKey('evening shift');
    const { key: other } = await newKey('night shift');
    const { page, context } = await open('/models', { key });
    await heading(page, 'Models').waitFor();
    await mark(page);
    const end = () => context.request.delete(`${rig.url}/v1/sign-in`, { headers: CSRF });
    await end();
    // The page looks at the models every few seconds, and finds out by itself.
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await signInByKey(page, key);
    await dialog.waitFor({ state: 'hidden' });
    await account(page, 'evening shift').waitFor();
    expect(await marked(page)).toBe(true);
    await end();
    await page.getByRole('link', { name: 'Models' }).click();
    await dialog.waitFor();
    await signInByKey(page, other);
    await account(page, 'night shift').waitFor();
    expect(await marked(page)).toBe(false);
  }, 60_000);

  it('lets somebody whose page is open sign in at the issuer in a window of its own', async () => {
    await provider.tell('person', { sub: 'eve', name: 'Eve Adams', roles: ['radiologist'] });
    const { page, context } = await open('/models', {});
    await page.getByRole('button', { name: 'Sign in with Northern General' }).click();
    await account(page, 'Eve Adams').waitFor();
    await mark(page);
    await context.request.delete(`${rig.url}/v1/sign-in`, { headers: CSRF });
    // The page looks at the models every few seconds, and finds out by itself.
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByRole('button', { name: 'Sign in with Northern General' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await marked(page)).toBe(true);
  }, 60_000);

  it('notices that its key was revoked', async () => {
    const { id, key } = await newKey('locum');
    const { page } = await open('/models', { key });
    await heading(page, 'Models').waitFor();
    await command('keys', 'revoke', id);
    // What was proven is believed for five seconds.
    await expectSoon(async () => (await page.request.get(`${rig.url}/v1/me`)).status() === 401);
    // The key and the session were proven at different times.
    const again = { data: { key }, headers: CSRF };
    await expectSoon(async () => (await page.request.post(`${rig.url}/v1/sign-in`, again)).status() === 401);
    // The page looks at the models every few seconds, and finds out by itself.
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await signInByKey(page, key);
    await page.getByRole('alert').getByText('This is no valid key.').waitFor();
  }, 60_000);

  it('asks who does nothing whether they are there, and covers what is shown when nobody answers', async () => {
    const { key } = await newKey('empty room');
    const { page, context } = await open('/', { key });
    await page.clock.install();
    await page.goto(`${rig.url}/models`);
    await heading(page, 'Models').waitFor();
    await page.clock.fastForward(29 * 60_000 + 1_000);
    const question = page.getByRole('dialog', { name: 'Are you still there?' });
    await question.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await question.getByRole('button', { name: 'Stay signed in' }).click();
    await question.waitFor({ state: 'hidden' });
    await page.clock.fastForward(30 * 60_000);
    await page.getByText('what it shows was covered').waitFor();
    expect(await heading(page, 'Models').isVisible()).toBe(false);
    await expectSoon(async () => (await context.request.get(`${rig.url}/v1/me`)).status() === 401);
    await signInByKey(page, key);
    await heading(page, 'Models').waitFor();
  }, 60_000);

  it('signs out in every tab, and leaves nothing of what was shown', async () => {
    const { key } = await newKey('two tabs');
    const { page, context } = await open('/models', { key });
    const second = await context.newPage();
    await second.goto(`${rig.url}/pools`);
    await heading(second, 'Pools').waitFor();
    await mark(second);
    await account(page, 'two tabs').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await heading(second, 'Sign in').waitFor();
    expect(await marked(second)).toBe(false);
    expect((await context.cookies()).filter(({ name }) => name.includes('session'))).toEqual([]);
    await signInByKey(second, key);
    await heading(second, 'Pools').waitFor();
    await expectSoon(() => account(page, 'two tabs').isVisible());
  }, 60_000);
});

/** Asks again until it is so, for as long as it may take. */
async function expectSoon(isSo: () => Promise<boolean>): Promise<void> {
  const givesUpAt = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > givesUpAt) throw new Error('it is still not so');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
