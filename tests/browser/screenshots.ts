// `npm run screenshots`: pictures of each page, light and dark, for docs/console.md. Everything on them is real but the images, which
// are drawn: a platform was started and asked.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { Caller } from '../support/caller';
import { drawnHead } from '../support/drawn-head';
import { phantom } from '../support/phantom';
import { ROOT } from '../support/platform';
import { BrowserRig, describeInBrowser } from './rig';

const FOLDER = join(ROOT, 'docs', 'console');
const SIZE = { width: 1280, height: 800 };
/** Of one picture: all of them come with every copy of the project. */
const MOST_BYTES = 120_000;

describeInBrowser('pictures of the console', () => {
  let rig: BrowserRig;
  let caller: Caller;
  let head: readonly Buffer[];
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    head = drawnHead();
    rig = await BrowserRig.start({ pods: '1..4' });
    caller = new Caller(rig.platform.ready);
    await askAFew();
  }, 300_000);
  afterAll(() => rig.stop(), 60_000);

  /** What a morning leaves behind: answers of several models, a question that was refused, one that ran out of time. */
  async function askAFew(): Promise<void> {
    const shapes = await phantom([
      { kind: 'disc', x: 0.3, y: 0.3, r: 0.18 },
      { kind: 'square', x: 0.72, y: 0.7, r: 0.1 },
    ]);
    const asks: readonly [readonly Buffer[], object][] = [
      [head, { task: 'measure', class: 'urgent' }],
      [[shapes], { task: 'answer', question: 'How many discs are there?', modality: 'radiology', allowMismatch: true }],
      [head.slice(8, 16), { task: 'segment', class: 'research' }],
      [[shapes], { task: 'classify', modality: 'radiology', allowMismatch: true, class: 'stat' }],
      [head, { task: 'segment', class: 'stat' }],
      [[shapes], { task: 'report', modality: 'radiology', allowMismatch: true, class: 'urgent' }],
    ];
    for (const [files, request] of asks) await caller.inferFiles(files, request);
  }

  /** A page that has come to rest, as it is seen. */
  async function take(page: Page, name: string): Promise<void> {
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => document.fonts.ready);
    const whole = await page.screenshot({ animations: 'disabled', caret: 'hide' });
    const { size } = await sharp(whole)
      .png({ palette: true, effort: 10, compressionLevel: 9 })
      .toFile(join(FOLDER, `${name}.png`));
    expect(size).toBeLessThan(MOST_BYTES);
  }

  // Pools come last: what is asked meanwhile would fill the lists.
  const schemes = ['light', 'dark'] as const;
  const open = (path: string, colorScheme: 'light' | 'dark') => rig.open(path, { key: rig.key, colorScheme, ...SIZE });

  it.each(schemes)(
    'ask, and answer, %s',
    async (colorScheme) => {
      const visit = await open('/', colorScheme);
      const { page } = visit;
      await page.getByRole('button', { name: 'Choose files' }).waitFor();
      await page
        .locator('input[type=file]:not([webkitdirectory])')
        .setInputFiles(
          head.map((buffer, at) => ({ name: `${String(at)}.dcm`, mimeType: 'application/dicom', buffer })),
        );
      await page.getByRole('region', { name: 'Image' }).locator('canvas').first().waitFor();
      await page.getByLabel('Outline').check();
      await take(page, `ask-${colorScheme}`);
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByText('Answered in').waitFor({ timeout: 60_000 });
      await page.getByRole('link', { name: 'Open this answer by itself' }).click();
      await page.getByRole('heading', { name: 'What was found' }).waitFor();
      await page.getByRole('application', { name: 'Image' }).locator('canvas').first().waitFor();
      await take(page, `answer-${colorScheme}`);
      await visit.close();
    },
    120_000,
  );

  it.each(schemes)(
    'work, models and a model, %s',
    async (colorScheme) => {
      const visit = await open('/work', colorScheme);
      const { page } = visit;
      await page.getByRole('row').nth(2).waitFor();
      await take(page, `work-${colorScheme}`);
      await page.goto(`${rig.url}/models`);
      await page.getByRole('region', { name: 'Radiology' }).first().waitFor();
      await take(page, `models-${colorScheme}`);
      await page.goto(`${rig.url}/models/vqa-small`);
      await page.getByRole('heading', { name: 'Versions' }).waitFor();
      await take(page, `model-${colorScheme}`);
      await visit.close();
    },
    120_000,
  );

  it.each(schemes)(
    'audit, %s',
    async (colorScheme) => {
      const visit = await open('/audit', colorScheme);
      const { page } = visit;
      await page.getByRole('row').nth(2).waitFor();
      await page.getByRole('heading', { name: 'Entries' }).evaluate((heading) => {
        heading.scrollIntoView({ block: 'center' });
      });
      await take(page, `audit-${colorScheme}`);
      await visit.close();
    },
    120_000,
  );

  it.each(schemes)(
    'sign-in, %s',
    async (colorScheme) => {
      const visit = await rig.open('/sign-in', { colorScheme, ...SIZE });
      await visit.page.getByLabel('API key').waitFor();
      await take(visit.page, `sign-in-${colorScheme}`);
      await visit.close();
    },
    60_000,
  );

  it.each(schemes)(
    'pools, while something is asked of them, %s',
    async (colorScheme) => {
      const visit = await open('/pools', colorScheme);
      const { page } = visit;
      await page.getByRole('table').first().waitFor();
      for (let look = 0; look < 8; look += 1) {
        const asked = Array.from({ length: 2 + (look % 4) * 3 }, () => caller.inferFiles(head, { task: 'segment' }));
        await Promise.all([page.waitForResponse('**/v1/pools*'), ...asked]);
      }
      await take(page, `pools-${colorScheme}`);
      await visit.close();
    },
    120_000,
  );
});
