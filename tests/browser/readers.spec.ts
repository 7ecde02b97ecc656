import type { Page } from 'playwright-core';
import { BrowserRig, describeInBrowser } from './rig';

/** A page of the work list, as the platform tells it. */
const jobsFrom = (first: number, next: string | null): object => ({
  jobs: Array.from({ length: 50 }, (_, at) => ({
    id: `01a22164-ab8e-72a0-a6c9-${String(first + at).padStart(12, '0')}`,
    state: 'completed',
    task: 'classify',
    model: 'organ-modality',
    version: '1',
    class: 'urgent',
    door: 'infer',
    acceptedAt: '2026-01-01T00:00:00Z',
    endedAt: '2026-01-01T00:00:01Z',
  })),
  running: 0,
  next,
});

describeInBrowser('the console, to readers of every kind', () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await BrowserRig.start();
  }, 120_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  /** What has the focus: its kind, and how what is in it begins. */
  const focused = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const { tagName, textContent } = document.activeElement ?? document.body;
      return `${tagName} ${textContent.trim().slice(0, 16)}`;
    });
  const press = async (page: Page, name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  };

  it('has the focus at the beginning of a page that a link of another one led to, and its name is in the title and told', async () => {
    const { page } = await rig.open('/models');
    await page.getByRole('row').nth(1).waitFor();
    expect(await page.title()).toBe('Models – MedServe');
    await page.locator('tbody a').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/models/*');
    await page.waitForFunction(() => document.activeElement?.id === 'content');
    expect(await page.title()).toBe('Model – MedServe');
    await page
      .getByRole('status')
      .filter({ hasText: /^Model$/ })
      .waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Audit' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/audit');
    expect(await focused(page)).toBe('A Audit');
    await page.getByLabel('Language').selectOption('es');
    expect(await page.title()).toBe('Auditoría – MedServe');
  });

  it('has the focus stay at the end of a list while more of it comes, to its last row', async () => {
    const { page } = await rig.open('/sign-in');
    await page.route('**/v1/jobs*', async (route) => {
      const cursor = new URL(route.request().url()).searchParams.get('cursor') ?? '';
      await route.fulfill({ json: cursor === '' ? jobsFrom(0, 'more') : jobsFrom(50, null) });
    });
    await page.goto(`${rig.url}/work`);
    await press(page, 'Show more');
    await page.getByRole('row').nth(100).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent.startsWith('100 rows shown'));
  });

  it('says of a list that ends where the platform tells no more that there may be more', async () => {
    const { page } = await rig.open('/sign-in');
    await page.route('**/v1/deliveries*', async (route) => {
      const limit = Number(new URL(route.request().url()).searchParams.get('limit'));
      const deliveries = Array.from({ length: Math.min(limit, 1_000) }, (_, at) => ({
        id: String(at),
        state: 'delivered',
        destination: 'ARCHIVE',
        studyUid: `2.25.${String(at)}`,
        createdAt: '2026-01-01T00:00:00Z',
        attempts: 1,
        lastError: null,
        nextAt: null,
      }));
      await route.fulfill({ json: { deliveries } });
    });
    await page.goto(`${rig.url}/work?tab=deliveries`);
    for (const shown of [100, 400, 700]) {
      await page.getByText(`${String(shown)} rows shown`).waitFor();
      await press(page, 'Show more');
    }
    await page.getByText('1,000 rows shown').waitFor();
    await page.getByText('There may be more').waitFor();
    expect(await page.getByText('That is all.').count()).toBe(0);
  });

  it('has the focus stay in a form that is sent and made anew', async () => {
    const { page } = await rig.open('/work');
    await page.getByLabel('Task').fill('classify');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/work?tab=jobs&task=classify');
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('task');
    await press(page, 'Clear the filters');
    await page.waitForURL('**/work?tab=jobs');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Filters');
    await page.getByRole('link', { name: 'Audit' }).click();
    await press(page, 'Search');
    await page.getByRole('row').nth(1).waitFor();
    expect(await focused(page)).toBe('BUTTON Search');
  });

  it('takes the focus from a question to what becomes of it, and back', async () => {
    const { page } = await rig.open('/');
    await press(page, 'Draw a test image');
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    expect(await focused(page)).not.toMatch(/^BODY/);
    await press(page, 'Ask');
    await page.getByText('Answered in').waitFor({ timeout: 60_000 });
    expect(await focused(page)).toBe('SECTION Answer a questio');
    await press(page, 'Ask something else');
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    expect(await focused(page)).toMatch(/^SECTION Question/);
  });

  it('writes an Arabic question from right to left, where it is typed and where it is quoted', async () => {
    const { page } = await rig.open('/');
    await press(page, 'Draw a test image');
    const question = page.getByLabel('Your question');
    await question.fill('كم عدد الأقراص؟ 3 CT.');
    expect(await question.evaluate((field) => getComputedStyle(field).direction)).toBe('rtl');
    await press(page, 'Ask');
    const quoted = page.locator('p').filter({ hasText: 'كم عدد' });
    await quoted.waitFor();
    // Where its first letter stands, and the full stop after its last word, which is Latin.
    const [first, last] = await quoted.evaluate((paragraph) => {
      const text = paragraph.firstChild ?? paragraph;
      const range = document.createRange();
      return [0, (text.nodeValue?.length ?? 1) - 1].map((at) => {
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left;
      });
    });
    expect(last).toBeLessThan(first ?? 0);
  });

  it('tells how full a bar is, and which tool is in hand, where the system chooses the colours', async () => {
    const { page } = await rig.open('/');
    await page.emulateMedia({ forcedColors: 'active' });
    await press(page, 'Draw a test image');
    const ground = (name: string) =>
      page.getByRole('button', { name }).evaluate((tool) => getComputedStyle(tool).backgroundColor);
    await page.getByRole('button', { name: 'Drag moves the image' }).waitFor();
    expect(await ground('Drag changes the window')).not.toBe(await ground('Drag moves the image'));
    await press(page, 'Ask');
    const bar = page.getByRole('meter').first();
    await bar.waitFor({ timeout: 60_000 });
    const [filled, empty] = await bar.evaluate((meter) =>
      [meter.firstElementChild ?? meter, meter].map((one) => getComputedStyle(one).backgroundColor),
    );
    expect(filled).not.toBe(empty);
  });
});
