import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { Caller } from '../support/caller';
import { runMedserve } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';
import { accessibilityFaults, BrowserRig, describeInBrowser } from './rig';

describeInBrowser('the audit of the console', () => {
  let rig: BrowserRig;
  let caller: Caller;
  /** The id of an answer, whose records are signed. */
  let answer: string;
  const open: BrowserRig['open'] = (...parameters) => rig.open(...parameters);
  beforeAll(async () => {
    rig = await BrowserRig.start();
    caller = new Caller(rig.platform.ready);
    answer = String((await caller.infer(syntheticSlice(), 'application/dicom')).json['id']);
    // A proof by command signs the log as it is now: nobody has to wait for the minute.
    const { status } = await runMedserve('audit', 'prove', answer, '--json', '--home', rig.platform.ready.home);
    expect(status).toBe(0);
  }, 120_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  const lookUp = (page: Page): Promise<void> => page.getByRole('button', { name: 'Look it up in the log' }).click();

  const checkProof = async (page: Page): Promise<void> => {
    await lookUp(page);
    await page.getByRole('button', { name: 'Check the proof in this browser' }).click();
  };

  /** Turns a bit over in a byte of what the platform sends. */
  const spoil = async (page: Page, path: RegExp, at: number): Promise<void> => {
    await page.route(path, async (route) => {
      const response = await route.fetch();
      const body = Buffer.from(await response.body());
      body[at] = (body[at] ?? 0) ^ 1;
      await route.fulfill({ response, body });
    });
  };

  it('is not looked up by who only opens an answer: each look is on record itself', async () => {
    const { page } = await open(`/answers/${answer}`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.getByRole('button', { name: 'Look it up in the log' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(asked.filter((path) => path.startsWith('/v1/audit'))).toEqual([]);
    await lookUp(page);
    await page.getByRole('cell', { name: 'Request completed' }).waitFor();
    expect(asked.filter((path) => path.startsWith('/v1/audit'))).toEqual([`/v1/audit/${answer}`]);
  }, 60_000);

  it('proves what is on record of an answer, shows the way to the root, and finds nothing changed the next time', async () => {
    const { page, complaints } = await open(`/answers/${answer}`);
    await checkProof(page);
    await page.getByText('The proof holds.').waitFor();
    await page.getByText('This browser sees the log for the first time.', { exact: false }).waitFor();
    expect(await page.getByRole('img', { name: /^Merkle path/ }).count()).toBe(2);
    await page.getByText('The answer is, byte for byte, the one that entry', { exact: false }).waitFor();
    const { stdout } = await runMedserve('audit', 'key', '--home', rig.platform.ready.home);
    await page.getByText(stdout.trim(), { exact: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('they are still its first ones', { exact: false }).waitFor();
    await page.getByText('The proof holds.').waitFor();
    const kept = await page.evaluate(() => localStorage.getItem('medserve.logs') ?? '');
    const [[origin, size, root, key]] = JSON.parse(kept) as [[string, number, string, string]];
    expect([typeof size, root.length, key]).toEqual(['number', 44, stdout.trim()]);
    expect(key.startsWith(`${origin}+`)).toBe(true);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('turns red at a tile with a bit turned over, and names it', async () => {
    const { page } = await open(`/answers/${answer}`);
    await spoil(page, /\/v1\/audit\/log\/tile\/0\//, 3);
    await checkProof(page);
    await page.getByText('The proof does not hold.').waitFor();
    await page.getByText(/^Wrong root\. The edge of the log \(tile\/0\/000\.p\/\d+\)/).waitFor();
    // Nothing of a log that does not hold is remembered.
    expect(await page.evaluate(() => localStorage.getItem('medserve.logs'))).toBeNull();
  }, 60_000);

  it('turns red at an answer that is not the recorded one, and at a signature that is not one', async () => {
    const changed = await open(`/answers/${answer}`);
    await changed.page.route(/\/v1\/results\/[^/]+$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()} ` });
    });
    await checkProof(changed.page);
    await changed.page.getByText('The answer that the platform gives out hashes to', { exact: false }).waitFor();

    const forged = await open(`/answers/${answer}`);
    await forged.page.route('**/v1/audit/log/checkpoint', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(/\n(\d+)\n/, '\n1$1\n') });
    });
    await checkProof(forged.page);
    await forged.page.getByText('Wrong signature', { exact: false }).waitFor();
  }, 60_000);

  it('says that a log is another one than before, though all of it is signed', async () => {
    const { page } = await open(`/answers/${answer}`);
    await checkProof(page);
    await page.getByText('The proof holds.').waitFor();
    await page.evaluate(() => {
      const [[origin, size, root, key]] = JSON.parse(localStorage.getItem('medserve.logs') ?? '') as [string[]];
      const other = `${root?.startsWith('A') ? 'B' : 'A'}${root?.slice(1) ?? ''}`;
      localStorage.setItem('medserve.logs', JSON.stringify([[origin, size, other, key]]));
    });
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('what stood there then was written anew', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Forget what this browser knows of the log' }).click();
    await page.getByText('Forgotten.', { exact: false }).waitFor();
  }, 60_000);

  it('finds entries by what stands in the address, and a patient by what does not', async () => {
    const { page, complaints } = await open('/audit?event=completed&patient=CANARY-4711&subject=CANARY-4711');
    await page.getByRole('cell', { name: 'Request completed' }).first().waitFor();
    await page.waitForURL((url) => url.search === '?event=completed');
    expect(await page.getByRole('cell', { name: 'Request accepted' }).count()).toBe(0);
    await page.getByLabel('Patient id').fill('CANARY-4711');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('Nothing was found.', { exact: false }).waitFor();
    expect(page.url()).not.toContain('CANARY');
    expect(
      await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, history.state, document.title])),
    ).not.toContain('CANARY');
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
    await page.goBack();
    expect(await page.getByLabel('Patient id').inputValue()).toBe('');
    expect(complaints).toEqual([]);
  }, 60_000);

  it('opens an entry with all that it holds and proves it, by keyboard, with nothing against WCAG 2.2 AA', async () => {
    const { page } = await open(`/audit?event=accepted&subject=${answer}`, {
      key: rig.key,
      colorScheme: 'dark',
      width: 360,
    });
    await page.getByRole('button', { name: 'Details of entry' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(answer, { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Check the proof in this browser' }).press('Enter');
    await dialog.getByText('The proof holds.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const focused = page.locator(':focus');
    expect(await focused.getAttribute('aria-label')).toMatch(/^Details of entry/);
  }, 60_000);

  it('verifies all entries up to the signed root, and names the first one that differs', async () => {
    const good = await open('/audit');
    await good.page.getByRole('button', { name: 'Verify in this browser' }).click();
    await good.page.getByText(/^\d+ entr(y was|ies were) verified, each against the signed root\./).waitFor();
    expect(await accessibilityFaults(good.page)).toEqual([]);

    const spoilt = await open('/audit');
    await spoil(spoilt.page, /\/v1\/audit\/log\/tile\/entries\//, 2);
    await spoilt.page.getByRole('button', { name: 'Verify in this browser' }).click();
    await spoilt.page.getByText('The proof does not hold.').waitFor();
    await spoilt.page.getByText(/^Entry 0 differs: it hashes to [0-9a-f]{64}; the tile says [0-9a-f]{64}\.$/).waitFor();
  }, 60_000);

  it('exports what was found as JSON lines, as a table and as FHIR', async () => {
    const { page } = await open(`/audit?subject=${answer}`);
    const exported = async (format: string): Promise<string> => {
      await page.getByLabel('Format').selectOption(format);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export' }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^medserve-audit-[0-9TZ.-]+\.(csv|(fhir\.)?ndjson)$/);
      return readFileSync(await download.path(), 'utf8');
    };
    const linesOf = (text: string): unknown[] =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    const entries = linesOf(await exported('ndjson'));
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: expect.objectContaining({ request: answer, event: 'completed' }) as unknown }),
      ]),
    );
    const [head, ...rows] = (await exported('csv')).trimEnd().split('\r\n');
    expect(head).toMatch(/^sequence,at,event,/);
    expect(rows.length).toBeGreaterThanOrEqual(entries.length);
    for (const resource of linesOf(await exported('fhir')))
      expect(resource).toMatchObject({ resourceType: 'AuditEvent' });
    await page.getByText(/entr(y was|ies were) exported\./).waitFor();
  }, 60_000);

  it('says which scope is missing', async () => {
    const body = new Uint8Array(
      Buffer.from(JSON.stringify({ label: 'reader', scopes: ['audit:read', 'result:read'] })),
    );
    const { json } = await caller.call('/v1/keys', { method: 'POST', body });
    const { page } = await open(`/answers/${answer}`, { key: String(json['key']) });
    await lookUp(page);
    await page.getByText('Checking the proof needs the scope audit:export', { exact: false }).waitFor();
    await page.getByRole('cell', { name: 'Request completed' }).waitFor();
  }, 60_000);
});
