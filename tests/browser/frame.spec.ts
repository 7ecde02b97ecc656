import { accessibilityFaults, arrived, BrowserRig, describeInBrowser } from './rig';

describeInBrowser('the frame of the console', () => {
  let rig: BrowserRig;
  const open: BrowserRig['open'] = (...parameters) => rig.open(...parameters);
  beforeAll(async () => {
    rig = await BrowserRig.start();
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  const PAGES = ['/', '/work', '/models', '/pools', '/audit', '/sign-in', '/answers/none'];
  const READERS = [
    { language: 'en', colorScheme: 'light', width: 1280 },
    { language: 'es', colorScheme: 'dark', width: 360 },
  ] as const;
  it.each(PAGES.flatMap((path) => READERS.map((reader) => ({ path, ...reader }))))(
    'has nothing against WCAG 2.2 AA on $path, $language, $colorScheme, $width px wide',
    async ({ path, ...reader }) => {
      const { page, complaints } = await open(path, { key: rig.key, ...reader });
      await page.getByRole('heading', { level: 1 }).waitFor();
      // Some pages ask again and again: of them no network is ever idle.
      await page.waitForFunction(() => !/Loading …|Cargando …/.test(document.body.innerText));
      expect(await accessibilityFaults(page)).toEqual([]);
      const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(isTooWide).toBe(false);
      expect(complaints).toEqual([]);
    },
  );

  it('is Spanish where the browser is, and English where a reader chooses it', async () => {
    const { page } = await open('/models', { key: rig.key, language: 'es' });
    await page.getByRole('heading', { level: 1, name: 'Modelos' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('es');
    await page.getByLabel('Idioma').selectOption('en');
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
  });

  it('keeps the appearance that a reader chose', async () => {
    const { page } = await open('/', { key: rig.key, colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByLabel('Appearance').selectOption('dark');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await ground()).toBe(dark);
  });

  it('says so where there is no such page, also to who followed a link from elsewhere, and runs nothing of the address', async () => {
    const { page, complaints } = await open('/no-such-page/<b>?next=//elsewhere.example#code', { key: rig.key });
    await page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
    expect(new URL(page.url()).origin).toBe(rig.url);
    await page.getByRole('main').getByRole('link', { name: 'Ask' }).click();
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('lets a reader jump over the navigation, and walk through it by keyboard', async () => {
    const { page } = await open('/', { key: rig.key });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => location.hash)).toBe('#content');
  });

  it('goes on by itself when the network was away', async () => {
    const { page, context } = await open('/models', { key: rig.key });
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The parts of the other pages are fetched ahead, when the browser has nothing better to do.
    await arrived(page, '/assets/pools-page');
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Pools' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pools' }).waitFor();
    await page.getByText('The platform cannot be reached.').waitFor();
    await context.setOffline(false);
    await page.getByRole('table').waitFor();
  });
});
