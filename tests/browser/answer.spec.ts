import type { Page } from 'playwright-core';
import { Caller } from '../support/caller';
import { until } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';
import { Seen } from './pixels';
import { accessibilityFaults, BrowserRig, describeInBrowser, type Visit } from './rig';
import { painted, stageOf } from './stage';

const MARKUP = '<img src=x onerror="window.ran=true"><script>window.ran = true</script>';

describeInBrowser('the page of an answer', () => {
  let rig: BrowserRig;
  /** Of a real answer. */
  let answer: Readonly<Record<string, unknown>>;
  const open: BrowserRig['open'] = (...parameters) => rig.open(...parameters);
  beforeAll(async () => {
    rig = await BrowserRig.start();
    answer = (await new Caller(rig.platform.ready).infer(syntheticSlice(), 'application/dicom')).json;
  }, 120_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  const id = (): string => String(answer['id']);
  const wasRun = (page: Page): Promise<unknown> => page.evaluate(() => (window as { ran?: boolean }).ran);

  /** The page of an answer that no model here would give: the platform's reply to the one read is another. */
  const openMadeUp = async (made: object): Promise<Visit> => {
    const visit = await open('/models', { key: rig.key });
    await visit.page.route(`**/v1/results/${id()}`, (route) => route.fulfill({ json: { ...answer, ...made } }));
    await visit.page.goto(`${rig.url}/answers/${id()}`);
    await visit.page.getByRole('heading', { name: 'What was found' }).waitFor();
    return visit;
  };

  it('tells what was found, how sure, by whom and where the time went', async () => {
    const { page, complaints } = await open(`/answers/${id()}`);
    await page.getByRole('heading', { name: 'What was found' }).waitFor();
    await page.getByRole('heading', { name: 'How sure the model is' }).waitFor();
    await page.getByRole('heading', { name: 'Where the time went' }).waitFor();
    await page.getByRole('heading', { name: 'Provenance' }).waitFor();
    expect(await page.getByRole('meter').count()).toBeGreaterThan(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('keeps a correction that was made by keyboard, and shows who made it', async () => {
    const { page } = await open(`/answers/${id()}`);
    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
    };
    await page.getByRole('button', { name: 'Disagree …' }).waitFor();
    await press('Disagree …');
    await page.getByLabel('Why').selectOption('wrong_finding');
    await press('It is wrong');
    await page.getByText('One correction').first().waitFor();
    await press('Send');
    await page.getByText('Kept on record.').waitFor();
    const said = page.getByRole('list', { name: 'What was said of it' });
    await said.getByText('The finding is wrong').waitFor();
    await said.getByText('One correction').waitFor();
    const { json } = await new Caller(rig.platform.ready).call(`/v1/results/${id()}/review`);
    expect(json).toMatchObject({ standing: { corrections: [{ target: 'answer', action: 'reject', index: 0 }] } });
  }, 60_000);

  it('sends nothing by Enter in a field of a correction, which cannot be taken back, and shows what was chosen', async () => {
    const label = { code: 'nodule', display: 'Nodule' };
    const other = { code: 'mass', display: 'Mass' };
    const box = { x: 1, y: 1, width: 2, height: 2 };
    const regions = [label, other].map((one) => ({ label: one, box }));
    const { page } = await openMadeUp({ answer: { kind: 'regions', regions, frame: { width: 64, height: 64 } } });
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.url());
    });
    await page.getByRole('button', { name: 'Disagree …' }).click();
    await page.getByLabel('Why').selectOption('wrong_finding');
    await page.getByLabel('No. (1 to 2)').press('Enter');
    await page.getByText('By numbers').first().click();
    await page.getByLabel('Width').first().fill('5');
    await page.getByLabel('Width').first().press('Enter');
    await page.getByText('One correction').first().waitFor();
    const relabel = page.getByLabel('It is', { exact: true });
    await relabel.selectOption('Mass');
    await page.getByText('2 corrections').first().waitFor();
    expect(await relabel.locator('option:checked').textContent()).toBe('Mass');
    await page.getByRole('button', { name: /^Remove the correction: .*is Mass/ }).click();
    await page.getByText('One correction').first().waitFor();
    expect(await relabel.locator('option:checked').textContent()).toBe('–');
    expect(sent).toEqual([]);
  }, 60_000);

  it('runs nothing of what a model wrote, and shows a megabyte of it a piece at a time', async () => {
    const text = MARKUP + 'The heart is not enlarged.\n'.repeat(40_000);
    const { page, complaints } = await openMadeUp({
      answer: { kind: 'text', text, reply: { form: 'open' }, language: 'und-Latn' },
      warnings: [MARKUP],
      evidence: [{ kind: MARKUP, [MARKUP]: MARKUP }],
    });
    await page.getByText(MARKUP).first().waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Show all' }).waitFor({ state: 'detached' });
    expect(await wasRun(page)).toBeUndefined();
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows ten thousand regions a page at a time, to be filtered, and draws them on the image they are of', async () => {
    const regions = Array.from({ length: 10_000 }, (_, place) => ({
      label: { code: String(place), display: place === 9_999 ? MARKUP : `Nodule ${String(place)}` },
      score: 0.5,
      box: { x: place % 60, y: (place >> 6) % 60, width: 3, height: 3 },
    }));
    const { page } = await openMadeUp({ answer: { kind: 'regions', regions, frame: { width: 64, height: 64 } } });
    const table = page.getByRole('table', { name: '10,000 regions' });
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBe(51);
    await page.getByLabel('Filter by label').fill('onerror');
    await table.getByText(MARKUP).waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
    await page
      .locator('input[type=file]:not([webkitdirectory])')
      .setInputFiles({ name: 'a.dcm', mimeType: '', buffer: syntheticSlice() });
    const shown = stageOf(page);
    await painted(page);
    await shown.focus();
    const marked = await Seen.of(shown);
    await page.keyboard.press('m');
    expect((await Seen.of(shown)).differences(marked).length).toBeGreaterThan(200);
    expect(await wasRun(page)).toBeUndefined();
  }, 60_000);

  it('points from a sentence at the region that it speaks of', async () => {
    const label = { code: 'nodule', display: 'Nodule' };
    const box = { x: 1, y: 1, width: 2, height: 2 };
    const sentences = [{ text: 'There is a nodule.', regions: ['r1'] }];
    const regions = [{ id: 'r1', label, box }];
    const { page } = await openMadeUp({
      answer: {
        kind: 'report',
        sections: [{ code: 'findings', title: 'Findings', sentences }],
        parts: [{ kind: 'regions', regions, frame: { width: 64, height: 64 } }],
      },
    });
    await page.getByRole('button', { name: 'Region 1: Nodule' }).focus();
    const row = page.getByRole('row', { name: /Nodule/ });
    await until('the row is lit', () => row.evaluate((shown) => shown.getAttribute('class') !== null));
  }, 60_000);

  it('says so where there is no such answer', async () => {
    const { page } = await open('/answers/0192f0a0-0000-7000-8000-000000000000');
    await page.getByRole('heading', { level: 1, name: 'There is no such answer.' }).waitFor();
  }, 30_000);
});
