import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dicomFile, image } from '@medserve/testkit';
import type { Page } from 'playwright-core';
import { Caller } from '../support/caller';
import { ROOT } from '../support/platform';
import { syntheticSeries, syntheticSlice } from '../support/synthetic';
import { ALL_HARMFUL, Harm, HARMFUL, harmfulMegabyte } from './hostile-corpus';
import { BrowserRig, describeInBrowser, type Visit } from './rig';

const SIDE = 64;
/** What a JSON or YAML text has in the place of another. */
const quoted = (text: string): string => JSON.stringify(text);

/** A DICOM slice whose every text that may be one is harmful. */
function harmfulSlice(): Buffer {
  const text = (tag: number, vr: string, at: number) =>
    [tag, [vr, ALL_HARMFUL[at % ALL_HARMFUL.length] ?? '']] as const;
  const texts = [
    ...[0x00080050, 0x00081010, 0x00200010].map((tag, at) => text(tag, 'SH', at)),
    ...[0x00080070, 0x00080080, 0x00081030, 0x0008103e, 0x00081090, 0x00181030].map((tag, at) => text(tag, 'LO', at)),
    ...[0x00100010, 0x00080090, 0x00081070].map((tag, at) => text(tag, 'PN', at + 3)),
    ...[0x00104000, 0x00204000, 0x001021b0].map((tag, at) => text(tag, 'LT', at + 6)),
  ];
  return dicomFile(
    image(SIDE, SIDE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.1.1'],
      0x00080060: ['CS', 'DX'],
      0x00180015: ['CS', '<IMG SRC=X>'],
      0x00185101: ['CS', '<B ONLOAD=X>'],
      0x7fe00010: ['OW', Buffer.alloc(SIDE * SIDE * 2, 1)],
      ...Object.fromEntries(texts),
    }),
  );
}

describeInBrowser('texts that would do harm', () => {
  let repository: string;
  let rig: BrowserRig;
  let key: string;

  /** A model whose title, purposes, findings, figures and card are harmful, beside what it needs to answer. */
  async function writeHarmfulModel(): Promise<void> {
    const folder = join(repository, 'harmful', '1');
    await cp(join(ROOT, 'models', 'ct-tissue', '1'), folder, { recursive: true });
    const manifest = await readFile(join(folder, 'model.yaml'), 'utf8');
    const displays = [HARMFUL.script, HARMFUL.image, HARMFUL.link, HARMFUL.drawing, HARMFUL.override, HARMFUL.form];
    const next = displays.values();
    const changed = manifest
      .replace('name: ct-tissue', 'name: harmful')
      .replace(', default: true', '')
      .replace(/^title: .*$/m, `title: ${quoted(HARMFUL.image)}`)
      .replace(/^intendedUse: .*$/m, `intendedUse: ${quoted(ALL_HARMFUL.slice(0, 6).join(' '))}`)
      .replace(/^notFor: .*$/m, `notFor: ${quoted(HARMFUL.pixel)}`)
      .replace(/^licence: .*$/m, `licence: ${quoted(HARMFUL.link)}`)
      .replace(/display: '[^']*'/g, (before) => `display: ${quoted(next.next().value ?? before)}`);
    await writeFile(join(folder, 'model.yaml'), changed);
    await writeFile(
      join(folder, 'card.md'),
      `# ${HARMFUL.script}\n\n${ALL_HARMFUL.map((text) => `${text}\n\n`).join('')}`,
    );
    const score = {
      metric: HARMFUL.image,
      value: 0.5,
      low: 0.4,
      high: 0.6,
      interval: '95 %',
      cases: 3,
      data: HARMFUL.link,
    };
    await writeFile(join(folder, 'measured.yaml'), JSON.stringify({ format: 'medserve.measured/1', scores: [score] }));
  }

  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'medserve-test-'));
    await writeHarmfulModel();
    rig = await BrowserRig.start({ models: [repository] });
    const { json } = await new Caller(rig.platform.ready).call('/v1/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new TextEncoder().encode(
        JSON.stringify({
          label: HARMFUL.toggle,
          scopes: ['infer', 'model:read', 'result:read', 'audit:read', 'audit:export', 'result:attest'],
          days: 1,
        }),
      ),
    });
    key = String(json['key']);
  }, 120_000);
  afterEach(() => rig.closeVisits());
  afterAll(async () => {
    await rig.stop();
    await rm(repository, { recursive: true, force: true });
  }, 60_000);

  /** A page of somebody whose key has a harmful name, and what is seen to happen on it. */
  const begin = async (path = '/'): Promise<Visit & { harm: Harm }> => {
    const visit = await rig.open('/models', { key });
    const harm = await Harm.watch(visit.context);
    await visit.page.goto(rig.url + path);
    return Object.assign(visit, { harm });
  };
  /** The page has something to say: of what it was asked for, or of why it cannot show it. */
  const isTold = (page: Page) =>
    page.waitForFunction(() => (document.querySelector('main')?.innerText.length ?? 0) > 40);

  const shown = (page: Page, text: string): Promise<void> => page.getByText(text).first().waitFor();
  /** That nothing happened, and nothing is there but text. */
  const expectUnharmed = async ({ page, harm, complaints }: Visit & { harm: Harm }): Promise<void> => {
    expect(await Harm.markupOn(page)).toEqual([]);
    expect(await Harm.turnedOn(page)).toEqual([]);
    expect([...harm.seen, ...complaints]).toEqual([]);
    expect(await page.title()).not.toMatch(/harm|<|>/);
    expect(await page.getByRole('banner').count()).toBe(1);
  };
  const choose = async (page: Page, files: { name: string; buffer: Buffer }[]): Promise<void> => {
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    const named = files.map((file) => ({ mimeType: '', ...file }));
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(named);
  };

  it('are texts from the file that is chosen to the last page that tells of it', async () => {
    const visit = await begin();
    const { page } = visit;
    const series = syntheticSeries(4).map((buffer, at) => ({ name: `${ALL_HARMFUL[at] ?? ''}.dcm`, buffer }));
    const none = ALL_HARMFUL.map((text) => ({ name: `${text.replaceAll('/', '|')}.txt`, buffer: Buffer.from('x') }));
    await choose(page, [...series, ...none]);
    await page.getByText(`${String(none.length)} files were left out`).click();
    for (const { name } of none) await shown(page, name);
    await expectUnharmed(visit);

    await page.getByLabel('Model', { exact: true }).selectOption('harmful:1');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Answered in').waitFor({ timeout: 60_000 });
    for (const text of [HARMFUL.script, HARMFUL.image, HARMFUL.drawing, HARMFUL.form]) await shown(page, text);
    await expectUnharmed(visit);

    await page.getByRole('link', { name: 'Open this answer by itself' }).click();
    await page.waitForURL(/\/answers\/[0-9a-f-]{36}$/);
    await shown(page, HARMFUL.override);
    await page.getByRole('button', { name: 'Disagree …' }).click();
    await page.getByRole('button', { name: 'Look it up in the log' }).click();
    await page.getByRole('cell', { name: 'Request completed' }).waitFor();
    for (const way of await page.getByRole('tab').all()) await way.click();
    await expectUnharmed(visit);

    for (const name of ['Work list', 'Models', 'Pools', 'Audit']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await page.getByRole('table').first().waitFor();
      await expectUnharmed(visit);
    }
    await page.getByRole('button', { name: /^Account: / }).click();
    await shown(page, HARMFUL.toggle);
    await expectUnharmed(visit);
  }, 120_000);

  it('are texts on the page of a model, in its title, its purpose, its figures and its card', async () => {
    const visit = await begin('/models/harmful');
    const { page } = visit;
    await page.getByRole('heading', { level: 1, name: HARMFUL.image }).waitFor();
    for (const text of [HARMFUL.pixel, HARMFUL.link, HARMFUL.script, HARMFUL.refresh, HARMFUL.sheet])
      await shown(page, text);
    await expectUnharmed(visit);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await page.getByRole('searchbox', { name: 'Filter' }).fill(HARMFUL.image);
    await page.getByRole('link', { name: HARMFUL.image }).waitFor();
    await expectUnharmed(visit);
  }, 60_000);

  it('are texts in the header of an image, and in what is asked of it', async () => {
    const visit = await begin();
    const { page } = visit;
    await choose(page, [{ name: HARMFUL.override, buffer: harmfulSlice() }]);
    await page.getByRole('application', { name: 'Image' }).waitFor();
    await page.getByLabel('Answer a question').check();
    await page.getByLabel('Your question').fill(ALL_HARMFUL.slice(0, 4).join(' '));
    await expectUnharmed(visit);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Answered in').waitFor({ timeout: 60_000 });
    for (const way of await page.getByRole('tab').all()) await way.click();
    await expectUnharmed(visit);
  }, 90_000);

  it('are texts in an address', async () => {
    const visit = await begin();
    const text = encodeURIComponent(HARMFUL.image);
    for (const path of ['/work?model=', '/audit?actor=', '/audit?subject=', '/models/', '/answers/']) {
      await visit.page.goto(rig.url + path + text);
      await isTold(visit.page);
      await expectUnharmed(visit);
    }
  }, 60_000);

  describe('that a model answered with', () => {
    let answer: Readonly<Record<string, unknown>>;
    beforeAll(async () => {
      answer = (await new Caller(rig.platform.ready).infer(syntheticSlice(), 'application/dicom')).json;
    }, 60_000);

    /** The page of an answer that no model here would give: the platform's reply to the one read is another. */
    const openMadeUp = async (made: object): Promise<Visit & { harm: Harm }> => {
      const visit = await begin('/models');
      const id = String(answer['id']);
      await visit.page.route(`**/v1/results/${id}`, (route) => route.fulfill({ json: { ...answer, ...made } }));
      await visit.page.goto(`${rig.url}/answers/${id}`);
      await isTold(visit.page);
      return visit;
    };
    const told = {
      warnings: ALL_HARMFUL,
      evidence: ALL_HARMFUL.map((text) => ({ kind: text, [text]: text, of: { [text]: [text] } })),
      confidence: { [HARMFUL.image]: 0.5, calibration: HARMFUL.script },
      provenance: {
        model: { name: HARMFUL.link, version: HARMFUL.image, digest: HARMFUL.script },
        engine: HARMFUL.drawing,
        inputs: [{ sha256: HARMFUL.frame, kind: HARMFUL.pixel }],
        record: { accepted: HARMFUL.base, completed: HARMFUL.refresh },
        timings: { [HARMFUL.toggle]: 5, decodeMs: HARMFUL.focus },
      },
    };

    it('are texts, a megabyte of them as well as one', async () => {
      const visit = await openMadeUp({ ...told, answer: { kind: 'text', text: harmfulMegabyte(), language: 'und' } });
      const { page } = visit;
      for (const text of ALL_HARMFUL.slice(0, 12)) await shown(page, text);
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.getByRole('button', { name: 'Show all' }).waitFor({ state: 'detached' });
      await expectUnharmed(visit);
    }, 60_000);

    it('are texts as the labels of ten thousand regions, in table and filter and on the image', async () => {
      const regions = Array.from({ length: 10_000 }, (_, at) => {
        const display = ALL_HARMFUL[at % ALL_HARMFUL.length] ?? '';
        return {
          id: display,
          label: { code: display, display, system: HARMFUL.link },
          score: 0.5,
          box: { x: at % 60, y: (at >> 6) % 60, width: 3, height: 3 },
        };
      });
      // An image is drawn only where it is the one on record.
      const { inputs } = answer['provenance'] as { readonly inputs: unknown };
      const provenance = { ...told.provenance, inputs };
      const found = { kind: 'regions', regions, frame: { width: 64, height: 64 } };
      const visit = await openMadeUp({ ...told, provenance, answer: found });
      const { page } = visit;
      const table = page.getByRole('table', { name: '10,000 regions' });
      for (const text of ALL_HARMFUL.slice(0, 12)) await table.getByText(text).first().waitFor();
      await page.getByLabel('Filter by label').fill(HARMFUL.image);
      await table.getByText(HARMFUL.image).first().waitFor();
      expect(await table.getByText(HARMFUL.script).count()).toBe(0);
      await choose(page, [{ name: 'a.dcm', buffer: syntheticSlice() }]);
      await page.getByRole('application', { name: 'Image' }).focus();
      await page.keyboard.press('l');
      await table.getByRole('row').nth(1).hover();
      await expectUnharmed(visit);
    }, 60_000);

    it('leave no blank page where an answer is not at all what it says it is', async () => {
      for (const kind of ['classification', 'measurements', 'report', 'segmentation', 'embedding', HARMFUL.script]) {
        const visit = await openMadeUp({
          ...told,
          answer: { kind, [HARMFUL.image]: HARMFUL.image, text: HARMFUL.link },
        });
        const { page, harm, complaints } = visit;
        expect((await page.getByRole('main').innerText()).length).toBeGreaterThan(40);
        expect([await Harm.markupOn(page), await Harm.turnedOn(page)]).toEqual([[], []]);
        // That a part of the page failed, the browser may be told.
        expect([...harm.seen, ...complaints.filter((line) => !/^(?:console|uncaught): /.test(line))]).toEqual([]);
        await visit.close();
      }
    }, 90_000);
  });

  it.each([
    ['a slice', (): Buffer => syntheticSlice().subarray(0, 4_000)],
    ['a volume', (): Buffer => truncatedVolume()],
    ['a header alone', (): Buffer => harmfulSlice().subarray(0, 300)],
  ])(
    'leave no blank page where the file is cut off, too: %s',
    async (_, file) => {
      const visit = await begin();
      const { page } = visit;
      await choose(page, [{ name: `${HARMFUL.image}.nii`.replaceAll('/', '|'), buffer: file() }]);
      await page.getByRole('alert').first().waitFor();
      await expectUnharmed(visit);
      await choose(page, [{ name: 'whole.dcm', buffer: syntheticSlice() }]);
      await page.getByRole('application', { name: 'Image' }).waitFor();
    },
    60_000,
  );
});

/** A NIfTI-1 volume (nifti1.h) that ends in the middle of its voxels, with a harmful description. */
function truncatedVolume(): Buffer {
  const side = 16;
  const file = Buffer.alloc(352 + side ** 3 * 2);
  file.writeInt32LE(348, 0);
  [3, side, side, side, 1, 1, 1, 1].forEach((value, index) => file.writeInt16LE(value, 40 + 2 * index));
  file.writeInt16LE(4, 70);
  file.writeInt16LE(16, 72);
  [1, 1, 1, 1].forEach((value, index) => file.writeFloatLE(value, 76 + 4 * index));
  file.writeFloatLE(352, 108);
  file.write(HARMFUL.script, 148, 'latin1');
  file.write('n+1\0', 344, 'latin1');
  return file.subarray(0, 352 + side ** 3);
}
