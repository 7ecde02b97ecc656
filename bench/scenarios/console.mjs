import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import testkit from '@medserve/testkit';
import { largestTabMb, signedIn, startBrowser } from '../lib/browser.mjs';
import { atLeast, atMost, figure } from '../lib/figures.mjs';

const SIDE = 512;

/** Slices of a CT series of noise, 5 mm apart: 512 x 512 pixels of 16 bits each. Returns their paths. */
function writeSeries(folder, count) {
  mkdirSync(folder, { recursive: true });
  const pixels = Buffer.alloc(SIDE * SIDE * 2);
  for (let place = 0; place < SIDE * SIDE; place += 1) pixels.writeUInt16LE(900 + ((place * 7_919) % 300), place * 2);
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `${index + 1}.dcm`);
    const slice = testkit.image(SIDE, SIDE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080018: ['UI', `1.2.3.4.7.${count}.${index + 1}`],
      0x00080060: ['CS', 'CT'],
      0x0020000e: ['UI', `1.2.3.4.7.${count}`],
      0x00200032: ['DS', [0, 0, index * 5]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [0.5, 0.5]],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    });
    writeFileSync(path, testkit.dicomFile(slice));
    return path;
  });
}

const FILES = 'input[type=file]:not([webkitdirectory])';

/** In the page: notes when it can be worked with, and when files were chosen and pixels of them were drawn. */
function watchThePage() {
  const seen = (globalThis.seen = {});
  addEventListener('change', () => (seen.chosenMs = performance.now()), { capture: true });
  const look = () => {
    if (seen.usableMs === undefined && document.querySelector('main button') !== null)
      seen.usableMs = performance.now();
    const canvas = document.querySelector('[role=application] canvas');
    if (seen.drawnMs === undefined && canvas !== null && canvas.width > 0) {
      const [grey] = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
      if (grey > 0) seen.drawnMs = performance.now();
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** In the page: goes through all slices, one a frame. Returns frames a second. */
async function scrollThrough(slices) {
  const viewport = document.querySelector('[role=application]');
  const key = (name) => viewport.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
  key('Home');
  await new Promise(requestAnimationFrame);
  const startMs = performance.now();
  for (let slice = 1; slice < slices; slice += 1) {
    key('ArrowDown');
    await new Promise(requestAnimationFrame);
  }
  return ((slices - 1) * 1_000) / (performance.now() - startMs);
}

async function drop(page, paths) {
  await page.locator(FILES).setInputFiles(paths);
  await page.waitForFunction(() => globalThis.seen.drawnMs !== undefined, undefined, { timeout: 120_000 });
}

export const consolePage = {
  name: 'console',
  title: 'The page in a browser',
  shows:
    'The first page from an empty cache to the drawn image, in Chromium without a graphics card: how soon it is painted and can be worked with, how soon pixels are seen, how smoothly slices are scrolled, and what a large volume takes.',
  seconds: { full: 90, quick: 40 },
  async run(context) {
    const browser = await startBrowser();
    context.defer(() => browser.close());
    const platform = await context.platform({ repositories: [], shape: 'single' });
    const single = writeSeries(join(context.folder, 'one'), 1);
    const series = writeSeries(join(context.folder, 'series'), 28);
    const large = writeSeries(join(context.folder, 'large'), 300);
    const taken = { paint: [], usable: [], bytes: [], drawn: [], frames: [], memory: [] };
    const visit = async (work) => {
      const page = await signedIn(browser, platform);
      try {
        await page.addInitScript(watchThePage);
        await page.goto(platform.url);
        await page.waitForFunction(() => globalThis.seen.usableMs !== undefined);
        return await work(page);
      } finally {
        await page.context().close();
      }
    };
    const rounds = context.rounds(5, 2);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      await visit(async (page) => {
        // What shows images comes once the page can be used, and is no part of its first load.
        await page.waitForLoadState('networkidle');
        const first = await page.evaluate(() => ({
          paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
          usableMs: globalThis.seen.usableMs,
          bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .filter(({ startTime }) => startTime < globalThis.seen.usableMs)
            .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
        }));
        taken.paint.push(first.paintMs);
        taken.usable.push(first.usableMs);
        taken.bytes.push(first.bytes / 1_000);
        await drop(page, single);
        taken.drawn.push(await page.evaluate(() => globalThis.seen.drawnMs - globalThis.seen.chosenMs));
      });
      await visit(async (page) => {
        await drop(page, series);
        taken.frames.push(await page.evaluate(scrollThrough, series.length));
      });
    }
    await visit(async (page) => {
      await drop(page, large);
      await page.evaluate(scrollThrough, large.length);
      taken.memory.push(await largestTabMb(browser));
    });
    const of = (label, unit, of, target) => figure({ label, unit, rounds: taken[of], target });
    return {
      groups: [
        {
          title: 'Time',
          figures: [
            of('first paint', 'ms', 'paint', atMost(1_000)),
            of('can be worked with', 'ms', 'usable', atMost(1_500)),
            of('one slice of 512 x 512, chosen to drawn', 'ms', 'drawn', atMost(300)),
          ],
        },
        { title: 'Scrolling 28 slices of 512 x 512', figures: [of('frames', '1/s', 'frames', atLeast(30))] },
        {
          title: 'First load, compressed',
          figures: [of('all that came before it could be used', 'kB', 'bytes', atMost(250))],
        },
        { title: '300 slices of 512 x 512', figures: [of('most memory of the tab', 'MB', 'memory', atMost(1_000))] },
      ],
      notes: [],
    };
  },
};
