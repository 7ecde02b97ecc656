import { until } from '../support/platform';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dicomFile, image as dicomImage } from '@medserve/testkit';
import type { Page } from 'playwright-core';
import { itWithRealImages, sharedFile, sharedFolder } from '../support/shared-data';
import { Seen } from './pixels';
import { accessibilityFaults, BrowserRig, describeInBrowser, type Visit } from './rig';
import { painted, stageOf } from './stage';

/** The planes are there, and no longer say that they are being prepared. */
async function planesOf(page: Page) {
  await page.getByRole('button', { name: 'Three planes and 3D' }).click();
  const planes = page.getByRole('application', { name: 'The volume in three planes' });
  await planes.waitFor({ timeout: 60_000 });
  await page.getByText('The volume is being prepared').waitFor({ state: 'detached', timeout: 60_000 });
  expect(await page.getByText('could not be shown').count()).toBe(0);
  return planes;
}

/** Mean brightness, 0 to 255, of a part of what a canvas of the viewer shows, in shares of it: 0 the image, 1 what was found. */
const brightnessOf = (page: Page, canvas: 0 | 1, [x, y, width, height]: readonly [number, number, number, number]) =>
  page.evaluate(
    ([place, left, top, across, down]) => {
      const drawn = document.querySelectorAll<HTMLCanvasElement>('[role=application] canvas')[place]!;
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [drawn.width, drawn.height];
      const context = copy.getContext('2d')!;
      context.drawImage(drawn, 0, 0);
      const size = [drawn.width * across, drawn.height * down].map((length) => Math.max(1, Math.round(length)));
      const { data } = context.getImageData(drawn.width * left, drawn.height * top, size[0]!, size[1]!);
      return data.filter((_, at) => at % 4 === 0).reduce((sum, value) => sum + value, 0) / (data.length / 4);
    },
    [canvas, x, y, width, height] as const,
  );

/** A CT slice of soft tissue in air, only in the half of the patient's right hand (x below 0; PS3.3 C.7.6.2.1.1). */
function rightHalf(side: number, number: number): Buffer {
  const pixels = Buffer.alloc(side * side * 2);
  for (let place = 0; place < side * side; place += 1)
    pixels.writeUInt16LE(place % side < side / 2 ? 1_064 : 24, place * 2);
  return dicomFile(
    dicomImage(side, side, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080018: ['UI', `1.2.3.4.8.${String(side)}.${String(number)}`],
      0x00080060: ['CS', 'CT'],
      0x0020000e: ['UI', `1.2.3.4.8.${String(side)}`],
      0x00200032: ['DS', [-side / 2, -side / 2, number]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [1, 1]],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    }),
  );
}

/** The most memory that a tab of this browser took, in bytes: its process's own count (VmHWM of proc(5)). */
async function largestTab(rig: BrowserRig): Promise<number> {
  const session = await rig.browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(id)}/status`, 'utf8'))?.[1]);
  return Math.max(...peaks.map((kilobytes) => Number(kilobytes) * 1_024));
}

describeInBrowser('the viewer', () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await BrowserRig.start();
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  async function dropped(...files: readonly { readonly name: string; readonly buffer: Buffer }[]): Promise<Visit> {
    const visit = await rig.open('/');
    await visit.page
      .locator('input[type=file]')
      .first()
      .setInputFiles(files.map((file) => ({ ...file, mimeType: 'application/octet-stream' })));
    await painted(visit.page);
    return visit;
  }

  const headCt = () =>
    dropped(
      ...sharedFolder('dicom-series', 'head-ct-ge').map((name) => ({
        name,
        buffer: sharedFile('dicom-series', 'head-ct-ge', name),
      })),
    );

  const chest = () => dropped({ name: 'chest.png', buffer: sharedFile('images', 'nih-00000001_000.png') });

  itWithRealImages(
    'shows a series slice by slice, as a CT is read, with where the patient is and how large',
    async () => {
      const { page, complaints } = await headCt();
      await page.getByText('14 / 28').waitFor();
      // Bone is white, air around the head is black.
      expect(await brightnessOf(page, 0, [0.02, 0.5, 0.05, 0.05])).toBeLessThan(5);
      expect(await brightnessOf(page, 0, [0.35, 0.3, 0.3, 0.4])).toBeGreaterThan(40);
      const text = await stageOf(page).innerText();
      for (const told of ['R', 'L', 'A', 'P', 'cm']) expect(text).toContain(told);
      await stageOf(page).focus();
      await page.keyboard.press('ArrowDown');
      await page.getByText('15 / 28').waitFor();
      await page.keyboard.press('End');
      await page.getByText('28 / 28').waitFor();
      await page.keyboard.press('Home');
      await page.getByRole('status').filter({ hasText: 'Slice 1 of 28' }).waitFor({ state: 'attached' });
      expect(complaints).toEqual([]);
    },
    60_000,
  );

  itWithRealImages(
    'tells the value under the pointer in Hounsfield units, and changes the window by drag and by preset',
    async () => {
      const { page } = await headCt();
      const box = (await stageOf(page).boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.getByText(/^x \d+ y \d+: -?[\d,.]+ HU$/).waitFor();
      const before = await brightnessOf(page, 0, [0.3, 0.3, 0.4, 0.4]);
      await page.getByLabel('Window', { exact: true }).selectOption('Lung');
      await page.getByText('C -600 W 1,500').waitFor();
      expect(await brightnessOf(page, 0, [0.3, 0.3, 0.4, 0.4])).toBeGreaterThan(before);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + 80, { steps: 4 });
      await page.mouse.up();
      await page.getByText('C -600 W 1,500').waitFor({ state: 'detached' });
    },
    60_000,
  );

  itWithRealImages(
    'is worked by keyboard alone: one stop for the tools, arrows between them, keys over the image, and a way out',
    async () => {
      const { page } = await chest();
      const before = await brightnessOf(page, 0, [0.3, 0.3, 0.4, 0.4]);
      await stageOf(page).focus();
      await page.keyboard.press('i');
      const inverted = await brightnessOf(page, 0, [0.45, 0.1, 0.1, 0.8]);
      await page.keyboard.press('i');
      expect(Math.abs((await brightnessOf(page, 0, [0.45, 0.1, 0.1, 0.8])) + inverted - 255)).toBeLessThan(2);
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      expect(await brightnessOf(page, 0, [0.3, 0.3, 0.4, 0.4])).not.toBe(before);
      await page.keyboard.press('0');
      expect(await brightnessOf(page, 0, [0.3, 0.3, 0.4, 0.4])).toBe(before);
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Drag changes the window' }).focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
        'Drag moves the image',
      );
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).not.toBe('application');
    },
    60_000,
  );

  itWithRealImages(
    'draws every slice that is scrolled to, and tells how fast',
    async () => {
      const { page } = await headCt();
      await stageOf(page).focus();
      await page.keyboard.press('Home');
      const seconds = await page.evaluate(async () => {
        const viewport = document.activeElement!;
        const start = performance.now();
        for (let slice = 1; slice < 28; slice += 1) {
          viewport.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
          await new Promise(requestAnimationFrame);
        }
        return (performance.now() - start) / 1_000;
      });
      await page.getByText('28 / 28').waitFor();
      process.stdout.write(`viewer: ${(27 / seconds).toFixed(1)} slices of 512 x 512 a second, drawn by software\n`);
    },
    60_000,
  );

  itWithRealImages(
    'has nothing against WCAG 2.2 AA with an image on it',
    async () => {
      const { page } = await headCt();
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    60_000,
  );

  itWithRealImages(
    'shows a volume in three planes and 3D when asked for, under the policy of the page, and comes back',
    async () => {
      const { page, complaints } = await headCt();
      await planesOf(page);
      await page.getByRole('button', { name: 'Back to the slices' }).click();
      await page.getByText('14 / 28').waitFor();
      expect(complaints).toEqual([]);
    },
    120_000,
  );

  it('has the patient’s right on the left of the reader, in the slices and in the planes', async () => {
    const { page } = await dropped(
      ...Array.from({ length: 64 }, (_, number) => ({ name: `${String(number)}.dcm`, buffer: rightHalf(64, number) })),
    );
    const RIGHT = [0.4, 0.45, 0.05, 0.1] as const;
    const expectRight = (seen: Seen): void => {
      expect(seen.brightness(RIGHT)).toBeGreaterThan(60);
      expect(seen.brightness([0.55, 0.45, 0.05, 0.1])).toBeLessThan(40);
    };
    expectRight(await Seen.of(stageOf(page)));
    const planes = await planesOf(page);
    for (const plane of ['Axial', 'Coronal']) {
      await page.getByLabel('Planes', { exact: true }).selectOption(plane);
      // What the page has ordered, software draws some time later.
      await until(`${plane} to be drawn`, async () => (await Seen.of(planes)).brightness(RIGHT) > 60);
      expectRight(await Seen.of(planes));
    }
  }, 120_000);

  it('takes a volume of 300 slices of 512 x 512 without the tab passing 1 GB', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    try {
      const paths = Array.from({ length: 300 }, (_, number) => join(folder, `${String(number)}.dcm`));
      paths.forEach((path, number) => {
        writeFileSync(path, rightHalf(512, number));
      });
      const visit = await rig.open('/');
      const { page } = visit;
      await page.getByRole('button', { name: 'Choose files' }).waitFor();
      await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(paths);
      await painted(page, 120_000);
      await stageOf(page).focus();
      for (const key of ['Home', 'PageDown', 'PageDown', 'End']) await page.keyboard.press(key);
      await page.getByText('300 / 300').waitFor();
      expect(await largestTab(rig)).toBeLessThan(1e9);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 180_000);
});
