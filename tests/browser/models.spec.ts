import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sumAndDifferenceOnnx, writeTritonModel } from '@medserve/testkit';
import { ROOT } from '../support/platform';
import { accessibilityFaults, BrowserRig, describeInBrowser } from './rig';

const HOSTILE = `# Title <script>window.harmed = 1</script>

<img src="x" onerror="window.harmed = 2"><iframe src="https://example.org"></iframe>

[run](javascript:window.harmed=3) and [page](https://example.org/a) and [own](/v1/keys)

![a picture](https://example.org/x.png)

| a | b |
|---|---|
${Array.from({ length: 400 }, (_, index) => `| ${String(index)} | ${'wide'.repeat(20)} |`).join('\n')}
`;

describeInBrowser('the pages of models', () => {
  let repository: string;
  let rig: BrowserRig;
  const open: BrowserRig['open'] = (...parameters) => rig.open(...parameters);

  /** A package like one of ours, with a card of its own. */
  async function like(name: string, card: string): Promise<void> {
    const folder = join(repository, name, '1');
    await cp(join(ROOT, 'models', 'ct-tissue', '1'), folder, { recursive: true });
    const manifest = await readFile(join(folder, 'model.yaml'), 'utf8');
    await writeFile(
      join(folder, 'model.yaml'),
      manifest.replace('name: ct-tissue', `name: ${name}`).replaceAll('default: true', 'default: false'),
    );
    await writeFile(join(folder, 'card.md'), card);
  }

  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'medserve-test-'));
    const good = sumAndDifferenceOnnx();
    await writeTritonModel(repository, {
      name: 'sums',
      versions: { '1': good, '2': good },
      config: 'version_policy { all { } }',
    });
    await like('hostile', HOSTILE);
    await like('endless', `# Endless\n\n${'word '.repeat(60_000)}`);
    await like('nested', `${'> '.repeat(20_000)}deep`);
    rig = await BrowserRig.start({ models: [repository] });
  }, 120_000);
  afterEach(() => rig.closeVisits());
  afterAll(async () => {
    await rig.stop();
    await rm(repository, { recursive: true, force: true });
  }, 60_000);

  it('list every model by what it looks at, and find one by any of its words', async () => {
    const { page, complaints } = await open('/models');
    const radiology = page.getByRole('region', { name: 'Radiology' }).first();
    await radiology.getByRole('link', { name: /Organ region/ }).waitFor();
    await page.getByRole('searchbox', { name: 'Filter' }).fill('FUNDUS segment');
    await page.getByText(/^1 of \d+ models$/).waitFor();
    await page.getByRole('link', { name: /Vessels/ }).click();
    await page.getByRole('heading', { level: 1, name: /Vessels/ }).waitFor();
    await page.getByText('Not for clinical use. Not for diagnosis').first().waitFor();
    await page.getByRole('cell', { name: /vessels, mean Dice/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('let who may choose a version and go back, after saying what it does to traffic', async () => {
    const { page } = await open('/models/sums');
    await page.getByText('stands for the newest that is served: version 2').waitFor();
    await page.getByRole('button', { name: 'Make default: version 1' }).click();
    const dialog = page.getByRole('dialog', { name: 'Let version 1 answer to the name sums?' });
    await dialog.getByText('now version 2 answers').waitFor();
    await dialog.getByRole('button', { name: 'Make it the default' }).click();
    await page.getByText('sums stands for version 1 now.').waitFor();
    expect(await page.getByRole('link', { name: 'See the record' }).getAttribute('href')).toContain(
      'model_default_changed',
    );
    await page.getByRole('button', { name: 'Go back to the newest that is served' }).click();
    await page.keyboard.press('Escape');
    await page.getByText('Without a version, sums stands for version 1.').waitFor();
    await page.getByRole('button', { name: 'Go back to the newest that is served' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make it the default' }).click();
    await page.getByText('stands for the newest that is served: version 2').waitFor();
  });

  it('take a model out of service and bring it back, and show what became of it', async () => {
    const { page } = await open('/models/sums');
    await page.getByRole('button', { name: 'Unload' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unload' }).click();
    await page.getByText('sums is out of service.').waitFor();
    await page.getByText('No version of sums is served').waitFor();
    await page.getByRole('button', { name: 'Load anew' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByText('sums was loaded.').waitFor();
  });

  it('show what a hostile card says as text: nothing runs, nothing is fetched, only pages of the web are links', async () => {
    const { page, complaints } = await open('/models/hostile');
    await page.getByText('<script>window.harmed = 1</script>').waitFor();
    await page.getByText('[Image: a picture]').waitFor();
    const link = page.getByRole('link', { name: 'page', exact: true });
    expect(await link.getAttribute('rel')).toBe('noreferrer');
    expect(await page.getByRole('link', { name: 'run', exact: true }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'own', exact: true }).count()).toBe(0);
    expect(await page.evaluate(() => (window as { harmed?: number }).harmed)).toBeUndefined();
    expect(await page.locator('article img, iframe').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('show a card without end as plain text, and one that is nested without end, too', async () => {
    const { page } = await open('/models/endless');
    await page.getByText('The card is longer than 256 kB; here is its beginning.').waitFor();
    await page.getByText('The card is long, so it is shown as plain text.').waitFor();
    await page.goto(`${rig.url}/models/nested`);
    await page.getByRole('heading', { name: 'Model card' }).waitFor();
    await page.getByText('deep').first().waitFor();
  });

  it('offer nothing to who may only read', async () => {
    const answer = await fetch(`${rig.url}/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ label: 'reader', scopes: ['model:read'], days: 1 }),
    });
    const { key } = (await answer.json()) as { key: string };
    const { page } = await open('/models/sums', { key });
    await page.getByRole('heading', { name: 'Versions' }).waitFor();
    expect(await page.getByRole('button', { name: /Make default|Unload|Load anew/ }).count()).toBe(0);
  });

  it.each([
    ['en', 'light', 1280],
    ['es', 'dark', 360],
  ] as const)('have nothing against WCAG 2.2 AA, %s, %s, %i px wide', async (language, colorScheme, width) => {
    const { page } = await open('/models/organ-modality', { key: rig.key, language, colorScheme, width });
    await page.getByRole('heading', { level: 3 }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  });

  it('say so where there is no such model', async () => {
    const { page } = await open('/models/none');
    await page.getByText('There is no such model').first().waitFor();
  });
});
