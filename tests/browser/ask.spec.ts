import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { dicomFile, image } from '@medserve/testkit';
import { freePort } from '../support/free-port';
import { HeldModel } from '../support/held-model';
import { phantom, type Thing } from '../support/phantom';
import { descendants } from '../support/processes';
import { until } from '../support/platform';
import { itWithRealImages, sharedFile, sharedFolder } from '../support/shared-data';
import { syntheticSlice } from '../support/synthetic';
import { distance, Seen, type Colour } from './pixels';
import { accessibilityFaults, BrowserRig, describeInBrowser, type Visit } from './rig';
import { painted, stageOf } from './stage';

interface NamedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const fileOf = (name: string, buffer: Buffer, mimeType = ''): NamedFile => ({ name, mimeType, buffer });
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Case {
  readonly what: string;
  /** As which it is recognised. */
  readonly name: string;
  /** Asked before what gives marks. */
  readonly first?: { readonly task: string; readonly finding: RegExp };
  /** That gives marks; absent: the usual one. */
  readonly task?: string;
  readonly finding?: RegExp;
  /** Of the finding that is looked at, from 0. */
  readonly row: number;
  readonly size: readonly [columns: number, rows: number];
  /** Where it lies; absent: the answer says so. */
  readonly box?: Box;
  readonly files: () => readonly NamedFile[];
}

const isWithin = ({ x, y, width, height }: Box, px: number, py: number, slack: number): boolean =>
  px >= x - slack && py >= y - slack && px <= x + width + slack && py <= y + height + slack;

/** In the browser: red, green and blue of an element's ground. */
const colourOf = (element: Element): readonly number[] =>
  [...getComputedStyle(element).backgroundColor.matchAll(/\d+/g)].map(([figure]) => Number(figure));

const DISC: Thing = { kind: 'disc', x: 0.3, y: 0.3, r: 0.18 };
const SQUARE: Thing = { kind: 'square', x: 0.72, y: 0.7, r: 0.1 };
const HOSTILE = `"><img src=x onerror="document.title='run'"><b>.png`;

describeInBrowser('the page on which images are asked about', () => {
  let held: HeldModel;
  let rig: BrowserRig;
  const open: BrowserRig['open'] = (...parameters) => rig.open(...parameters);
  beforeAll(async () => {
    held = await HeldModel.start();
    // Of its own, so that the platform comes back at the same address when it was ended.
    const port = await freePort();
    rig = await BrowserRig.start({ ...held.platform, options: ['--port', String(port)] });
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(async () => {
    await rig.stop();
    await held.stop();
  }, 60_000);

  const choose = async (page: Page, files: NamedFile | readonly NamedFile[]): Promise<void> => {
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    const input = page.locator('input[type=file]:not([webkitdirectory])');
    await input.setInputFiles(files);
  };
  const ask = (page: Page) => page.getByRole('button', { name: 'Ask', exact: true });
  const answered = (page: Page) => page.getByText('Answered in').waitFor({ timeout: 60_000 });

  interface Part {
    readonly regions?: readonly { readonly box?: Box }[];
  }

  /** Where the regions of the answer that the page shows lie, as the platform has it. */
  const boxesOn = async ({ page, context }: Visit): Promise<readonly (Box | undefined)[]> => {
    const address = await page.getByRole('link', { name: 'Open this answer by itself' }).getAttribute('href');
    const id = address?.split('/').at(-1) ?? '';
    const response = await context.request.get(`${rig.url}/v1/results/${id}`);
    const { answer } = (await response.json()) as { readonly answer: Part & { readonly parts?: readonly Part[] } };
    return [answer, ...(answer.parts ?? [])].flatMap(({ regions = [] }) => regions.map(({ box }) => box));
  };

  /**
   * Proves that a finding is drawn where it lies, in its colour, and that row and mark point at each other.
   *
   * @param row of the table, from 0 @param box of the finding, in pixels of the image
   */
  const provesMark = async (page: Page, row: number, box: Box, [columns, rows]: readonly [number, number]) => {
    const shown = stageOf(page);
    const line = page.locator('tr', { has: page.locator('[data-finding]') }).nth(row);
    const isLit = async (): Promise<boolean> => (await line.getAttribute('class')) !== null;
    const [red, green, blue] = await line.locator('[data-finding] span').first().evaluate(colourOf);
    const colour: Colour = [red ?? 0, green ?? 0, blue ?? 0];
    await page.mouse.move(0, 0);
    await shown.focus();
    await page.keyboard.press('l');
    const withMarks = await Seen.of(shown);
    await page.keyboard.press('m');
    const without = await Seen.of(shown);
    await page.keyboard.press('m');
    const scale = Math.min(without.width / columns, without.height / rows);
    const [left, top] = [(without.width - columns * scale) / 2, (without.height - rows * scale) / 2];
    const changed = withMarks
      .differences(without)
      .filter(([x, y]) => isWithin(box, (x - left) / scale, (y - top) / scale, 3 / scale));
    const tinted = changed.filter(
      ([x, y]) => distance(withMarks.at(x, y), colour) < distance(without.at(x, y), colour),
    );
    expect(tinted.length).toBeGreaterThan(20);
    expect(tinted.length).toBeGreaterThan(changed.length / 3);
    expect(withMarks.at(1, without.height - 2)).toEqual(without.at(1, without.height - 2));

    await line.hover();
    await until('the row is lit', isLit);
    const lit = await Seen.of(shown);
    expect(lit.differences(withMarks).length).toBeGreaterThan(20);
    await page.mouse.move(0, 0);
    await until('the row is not lit', async () => !(await isLit()));
    const at = (await shown.boundingBox())!;
    await page.mouse.move(at.x + left + (box.x + box.width / 2) * scale, at.y + top + (box.y + box.height / 2) * scale);
    await until('the row is lit by its mark', isLit);
    await page.keyboard.press('l');
  };

  itWithRealImages.each([
    {
      what: 'a chest X-ray',
      name: 'Radiology',
      first: { task: 'Classify', finding: /Chest/ },
      task: 'Find a place by words',
      row: 0,
      size: [512, 512],
      files: () => [fileOf('a.png', sharedFile('images', 'nih-00000001_000.png'))],
    },
    {
      what: 'a stained section',
      name: 'Pathology',
      finding: /[Nn]uclei/,
      row: 0,
      size: [512, 512],
      files: () => [fileOf('a.png', sharedFile('images', 'ihc.png'))],
    },
    {
      what: 'a fundus',
      name: 'Fundus',
      finding: /[Vv]essel/,
      row: 1,
      size: [1411, 1411],
      files: () => [fileOf('a.jpg', sharedFile('images', 'retina.jpg'))],
    },
    {
      what: 'a CT series',
      name: 'CT, 3D',
      finding: /mL/,
      task: 'Outline',
      row: 0,
      size: [512, 512],
      // Brain, in the middle of each slice.
      box: { x: 236, y: 236, width: 40, height: 40 },
      files: () => {
        const folder = ['dicom-series', 'head-ct-ge'] as const;
        return sharedFolder(...folder).map((name) => fileOf(name, sharedFile(...folder, name)));
      },
    },
  ] as const satisfies readonly Case[])(
    '$what is recognised, answered, and its findings are drawn where they lie; its answer has an address that stays good',
    async ({ name, files, row, size, ...more }: Case) => {
      const { first, task, finding, box } = more;
      const visit = await open('/');
      const { page, complaints } = visit;
      await choose(page, files());
      const said = page.getByLabel('What was imaged');
      await said.waitFor();
      expect(await said.locator('option:checked').textContent()).toMatch(new RegExp(`^${name}.*as found$`));
      await painted(page);
      if (first !== undefined) {
        await ask(page).click();
        await answered(page);
        await page.getByText(first.finding).first().waitFor();
        await page.getByRole('button', { name: 'Ask something else' }).click();
      }
      if (task !== undefined) await page.getByLabel(task, { exact: true }).check();
      const phrase = page.getByLabel('What to look for');
      if ((await phrase.count()) > 0) await phrase.fill('the square');
      await ask(page).click();
      await answered(page);
      const words = finding ?? 'the square';
      await page.getByRole('table').getByText(words).first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      const found = box ?? (await boxesOn(visit))[row];
      expect(found).toBeDefined();
      await provesMark(page, row, found!, size);
      await page.getByRole('link', { name: 'Open this answer by itself' }).click();
      await page.getByText(words).first().waitFor();
      await page.reload();
      await page.getByText(words).first().waitFor();
      await page.getByRole('heading', { name: 'The picture is not in this tab' }).waitFor();
      await choose(page, fileOf('other.png', await phantom([DISC]), 'image/png'));
      await page.getByText('These are not the files that were asked about').waitFor();
      await choose(page, files());
      await painted(page);
      await provesMark(page, row, found!, size);
      expect(complaints).toEqual([]);
    },
    180_000,
  );

  itWithRealImages(
    'an MR volume of NIfTI, which does not say what it is, has to be declared first',
    async () => {
      const { page } = await open('/');
      await choose(page, fileOf('t1.nii.gz', sharedFile('brain-t1', 't1_crop.nii.gz')));
      await page.getByText('Say what was imaged first.').waitFor();
      expect(await ask(page).isDisabled()).toBe(true);
      await page.getByLabel('What was imaged').selectOption('mr3d');
      await page.getByLabel('Stat', { exact: true }).check();
      await ask(page).click();
      await answered(page);
      await page.getByText(/mL/).first().waitFor();
    },
    120_000,
  );

  itWithRealImages(
    'a truncated volume is refused in words, and another one can be chosen',
    async () => {
      const { page, complaints } = await open('/');
      const whole = sharedFile('nifti', 'anatomical.nii');
      await choose(page, fileOf('cut.nii', whole.subarray(0, whole.length / 2)));
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('The image cannot be read');
      await choose(page, fileOf('a.png', await phantom([DISC]), 'image/png'));
      await page.getByRole('heading', { name: 'Question' }).waitFor();
      expect(complaints).toEqual([]);
    },
    60_000,
  );

  it('answers a question on a test image that the page draws, by Ctrl+Enter, and shows the words', async () => {
    const { page, complaints } = await open('/');
    await page.getByRole('button', { name: 'Draw a test image' }).click();
    const question = page.getByLabel('Your question');
    await question.waitFor();
    await page.getByText('Synthetic test image').waitFor();
    await question.press('Control+Enter');
    await answered(page);
    await page
      .getByText(/^\W*2\W*$|^\W*two\W*$/i)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Ask something else' }).click();
    await page.getByLabel('Find a place by words').check();
    await page.getByLabel('What to look for').fill('the square');
    await ask(page).click();
    await answered(page);
    await page.getByRole('region', { name: 'Asked in this tab' }).getByRole('link').waitFor();
    expect(complaints).toEqual([]);
  }, 120_000);

  it('shows a hostile file name as text, sends no name, and tells what it left out', async () => {
    const { page, complaints } = await open('/');
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.postDataBuffer()?.toString('latin1') ?? '');
    });
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    await page.route('**/v1/inspect', async (route) => {
      await held;
      await route.continue();
    });
    await choose(page, [
      fileOf(HOSTILE, await phantom([DISC, SQUARE]), 'image/png'),
      fileOf(`<script>document.title='run'</script>.txt`, Buffer.from('x')),
    ]);
    const name = page.getByText(`<script>document.title='run'</script>.txt`);
    await page.getByText('1 file was left out').click();
    await name.waitFor();
    goOn();
    await painted(page);
    // The image has come in the meantime: who opened the list is still reading it.
    expect(await name.isVisible()).toBe(true);
    expect(await page.title()).not.toContain('run');
    expect(page.url()).toBe(`${rig.url}/`);
    expect(sent.join()).not.toContain('onerror');
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows what a DICOM header says as text', async () => {
    const { page, complaints } = await open('/');
    const markup = '<IMG SRC=X>';
    const header = { 0x00080060: ['CS', 'DX'], 0x00180015: ['CS', markup], 0x00080070: ['LO', markup] } as const;
    const pixels = ['OW', Buffer.alloc(64 * 64 * 2, 1)] as const;
    const file = dicomFile(image(64, 64, { ...header, 0x0008103e: ['LO', markup], 0x7fe00010: pixels }));
    await choose(page, fileOf('a.dcm', file));
    await painted(page);
    expect(await page.locator('[src=X]').count()).toBe(0);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('takes a folder that is dropped, and what is pasted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    writeFileSync(join(folder, 'a.png'), await phantom([DISC]));
    writeFileSync(join(folder, 'DICOMDIR'), 'x');
    const { page } = await open('/');
    await page.getByRole('button', { name: 'Choose a folder' }).waitFor();
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await page.getByText('1 file was left out').waitFor();
    await painted(page);
    rmSync(folder, { recursive: true }); // only now: a browser reads a chosen file when the page does
    const bytes = [...(await phantom([SQUARE]))];
    await page.evaluate((pixels) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(pixels)], 'b.png', { type: 'image/png' }));
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer }));
    }, bytes);
    await page.getByText('1 file was left out').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Question' }).waitFor();
  }, 60_000);

  it('says at once that a file was taken away, be it before it was shown or before it was asked about', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    const path = join(folder, 'a.dcm');
    const { page, complaints } = await open('/');
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    const input = page.locator('input[type=file]:not([webkitdirectory])');
    // Between choosing and sending, which is sooner than anybody could do it.
    await page.exposeFunction('takeAway', () => {
      rmSync(path);
    });
    await page.evaluate(() => {
      const { takeAway } = window as unknown as { takeAway: () => Promise<void> };
      const own = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, 'send')!;
      const send = own.value as (this: XMLHttpRequest, body?: XMLHttpRequestBodyInit | null) => void;
      XMLHttpRequest.prototype.send = function (body) {
        Object.defineProperty(XMLHttpRequest.prototype, 'send', own);
        void takeAway().then(() => {
          send.call(this, body as XMLHttpRequestBodyInit);
        });
      };
    });
    writeFileSync(path, syntheticSlice());
    await input.setInputFiles(path);
    await page.getByRole('alert').filter({ hasText: 'A file cannot be read any more.' }).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);

    writeFileSync(path, syntheticSlice());
    await input.setInputFiles(path);
    await painted(page);
    await ask(page).waitFor();
    rmSync(folder, { recursive: true });
    await ask(page).click();
    await page.getByRole('alert').filter({ hasText: 'A file cannot be read any more.' }).waitFor();
    expect(complaints).toEqual([]);
  }, 60_000);

  /** A question that is under way until somebody ends it: its model has said a word, and waits. */
  const askAndWait = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Draw a test image' }).click();
    await page.getByLabel('Your question').waitFor();
    await page.getByLabel('Model', { exact: true }).selectOption('held:1');
    await ask(page).click();
    await page.getByRole('heading', { name: 'The model writes' }).waitFor({ timeout: 60_000 });
  };

  it('shows the words of an answer while they are written, and ends it on a person’s word', async () => {
    const { page } = await open('/');
    await askAndWait(page);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled. It is on record as that.').waitFor();
    await page.getByRole('button', { name: 'Send again' }).waitFor();
  }, 90_000);

  it('sends again from the work list what was asked in this tab, and leads to the files of what was not', async () => {
    const { page } = await open('/');
    await askAndWait(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled. It is on record as that.').waitFor();
    await page.getByRole('link', { name: 'Work list' }).click();
    const row = page.getByRole('row').filter({ hasText: 'cancelled' }).first();
    await row.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('heading', { name: 'The model writes' }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled. It is on record as that.').waitFor();
    // The platform keeps no files: another tab has to have them again.
    const { page: other } = await open('/work?state=cancelled');
    await other.getByRole('link', { name: 'Choose its files again' }).first().click();
    await other.getByRole('button', { name: 'Choose files' }).waitFor();
  }, 180_000);

  it('says so when the pod dies while a person waits, and the same can be sent again', async () => {
    const { page } = await open('/');
    await askAndWait(page);
    const { pid } = rig.platform.ready;
    const dying = descendants(pid).filter(({ command }) => /host-main|dist\/inference\.js/.test(command));
    for (const one of dying) process.kill(one.pid, 'SIGKILL');
    await page.getByRole('alert').filter({ hasText: 'The model failed under the request' }).waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('heading', { name: 'The model writes' }).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled. It is on record as that.').waitFor();
  }, 240_000);

  it('outlives a restart of the platform: what was under way is told, and the same can be sent again', async () => {
    const { page } = await open('/');
    await askAndWait(page);
    const serving = descendants(rig.platform.ready.pid).find(({ command }) => command.includes('dist/platform.js'));
    process.kill(serving!.pid, 'SIGKILL');
    await page.getByRole('button', { name: 'Send again' }).click({ timeout: 90_000 });
    await page.getByRole('heading', { name: 'The model writes' }).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled. It is on record as that.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
  }, 240_000);

  it('shows what it does over a slow network, from an empty cache to the answer', async () => {
    const { page, context, complaints } = await open('/sign-in');
    const wire = await context.newCDPSession(page);
    await wire.send('Network.enable');
    await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
    const slow = { offline: false, latency: 300, downloadThroughput: 200_000, uploadThroughput: 4_000 };
    await wire.send('Network.emulateNetworkConditions', slow);
    await page.goto(rig.url);
    await page.getByRole('button', { name: 'Draw a test image' }).click();
    await page.getByRole('progressbar').waitFor();
    await page.getByLabel('Your question').press('Control+Enter', { timeout: 60_000 });
    await answered(page);
    expect(complaints).toEqual([]);
  }, 120_000);
});
