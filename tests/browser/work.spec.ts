import { Caller } from '../support/caller';
import { HeldModel } from '../support/held-model';
import { phantom } from '../support/phantom';
import { until } from '../support/platform';
import { accessibilityFaults, BrowserRig, describeInBrowser } from './rig';

describeInBrowser('the work list', () => {
  let held: HeldModel;
  let rig: BrowserRig;
  let caller: Caller;
  let picture: Buffer;
  const open: BrowserRig['open'] = (...parameters) => rig.open(...parameters);

  beforeAll(async () => {
    held = await HeldModel.start();
    rig = await BrowserRig.start(held.platform);
    caller = new Caller(rig.platform.ready);
    picture = await phantom([{ kind: 'disc', x: 0.5, y: 0.5, r: 0.2 }]);
  }, 120_000);
  afterEach(() => rig.closeVisits());
  afterAll(async () => {
    await rig.stop();
    await held.stop();
  }, 60_000);

  async function heldJob(): Promise<string> {
    const before = held.server.asked.length;
    const { json } = await caller.inferFiles([picture], held.request, '/v1/jobs');
    await until('the model is asked', () => held.server.asked.length > before);
    return String(json['id']);
  }

  it('teaches where there is nothing to see', async () => {
    const { page } = await open('/work');
    await page.getByText('Nothing was asked yet.').waitFor();
    await page.getByRole('link', { name: 'Studies', exact: true }).click();
    await page.getByText('No study was received yet.').waitFor();
    await page.getByRole('link', { name: 'Deliveries' }).click();
    await page.getByText('Nothing is to be delivered.').waitFor();
    expect(new URL(page.url()).search).toBe('?tab=deliveries');
  });

  it('shows a job that is sent while somebody looks, and ends it on their word, by keyboard alone', async () => {
    const { page, complaints } = await open('/work');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await heldJob();
    await page.reload();
    const row = page.getByRole('row').filter({ hasText: 'held' });
    await row.getByText('running', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Cancel this job?' });
    await dialog.waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Leave it as it is');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.locator(':focus').textContent()).toBe('Cancel');
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Cancel the job' }).focus();
    await page.keyboard.press('Enter');
    await row.getByText('cancelled', { exact: true }).first().waitFor();
    await page.getByText('none is running').waitFor();
    expect(complaints).toEqual([]);
  });

  it('keeps its filters in the address, and forgets what is not of the list', async () => {
    await caller.infer(picture, 'image/png', { modality: 'radiology', allowMismatch: 'true' });
    const { page } = await open('/work?tab=jobs&state=cancelled&patient=Doe');
    await page.getByRole('row').filter({ hasText: 'held' }).first().waitFor();
    expect(await page.getByLabel('State').inputValue()).toBe('cancelled');
    expect(page.url()).not.toContain('Doe');
    await page.getByLabel('State').selectOption('abandoned');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Nothing is as the filters ask for.').waitFor();
    expect(new URL(page.url()).searchParams.get('state')).toBe('abandoned');
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByRole('row').nth(2).waitFor();
  });

  it.each([-3_600_000, 3_600_000])(
    'tells ages by the clock of the platform where the reader’s is %i ms off',
    async (offMs) => {
      const { page } = await open('/models');
      await page.clock.install({ time: Date.now() + offMs });
      await page.goto(`${rig.url}/work?state=completed`);
      const age = page.getByRole('row').nth(1).locator('time');
      await age.waitFor();
      expect(await age.textContent()).toMatch(/^(now|\d+ (second|minute)s? ago)$/);
    },
  );

  it('asks for nothing more once the session has ended elsewhere', async () => {
    const { page, context } = await open('/models');
    await page.clock.install();
    await page.goto(`${rig.url}/work`);
    await page.getByRole('row').nth(1).waitFor();
    await context.request.delete(`${rig.url}/v1/sign-in`, { headers: { 'x-medserve-csrf': '1' } });
    await page.clock.runFor(20_000);
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await page.waitForLoadState('networkidle');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.runFor(120_000);
    expect(asked).toEqual([]);
  });

  it('opens the answer of a row', async () => {
    const { page } = await open('/work?state=completed');
    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.waitForURL(/\/answers\/[0-9a-f-]{36}$/);
  });

  it('lets nobody cancel who may only read', async () => {
    const { json } = await caller.call('/v1/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(Buffer.from(JSON.stringify({ label: 'reader', scopes: ['result:read'] }))),
    });
    await heldJob();
    const { page } = await open('/work?state=running', { key: String(json['key']) });
    await page.getByRole('row').filter({ hasText: 'held' }).first().waitFor();
    expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
  });

  it('says which scope it needs to who has not got it, and asks for nothing that would be refused', async () => {
    const { json } = await caller.call('/v1/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(Buffer.from(JSON.stringify({ label: 'asker', scopes: ['infer'] }))),
    });
    const { page, context } = await open('/sign-in', { key: String(json['key']) });
    const asked: string[] = [];
    context.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${rig.url}/work`);
    await page.getByText('This page needs the scope result:read').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(rig.url);
    await page.getByText('You may not ask here: that needs the scope result:read.').waitFor();
    expect(asked.filter((path) => path.startsWith('/v1/') && path !== '/v1/me')).toEqual([]);
  });

  it.each([
    { language: 'en', colorScheme: 'light', width: 1280 },
    { language: 'es', colorScheme: 'dark', width: 360 },
  ] as const)('has nothing against WCAG 2.2 AA with rows in it, $language, $width px wide', async (reader) => {
    const { page, complaints } = await open('/work', { key: rig.key, ...reader });
    await page.getByRole('row').nth(1).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
    expect(complaints).toEqual([]);
  });
});
