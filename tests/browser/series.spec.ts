import { dicomFile, image } from '@medserve/testkit';
import { accessibilityFaults, BrowserRig, describeInBrowser } from './rig';

const SIDE = 32;
const HOSTILE = '<img src=x onerror="document.title=1">Axial';
/** What says whose it is, and has no place but the page. */
const SECRET = 'Zyxomatic';

function slice(series: number, place: number): Buffer {
  const pixels = Buffer.alloc(SIDE * SIDE * 2);
  for (let at = 0; at < SIDE * SIDE; at += 1) pixels.writeUInt16LE(20 * series + at, at * 2);
  return dicomFile(
    image(SIDE, SIDE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080018: ['UI', `2.25.77.${String(series)}.${String(place + 1)}`],
      0x00080060: ['CS', 'CT'],
      0x0008103e: ['LO', series === 1 ? HOSTILE : `Bone ${SECRET}`],
      0x00100010: ['PN', SECRET],
      0x0020000d: ['UI', '2.25.77'],
      0x0020000e: ['UI', `2.25.77.${String(series)}`],
      0x00200011: ['IS', String(series)],
      0x00200032: ['DS', [0, 0, place * 5]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [0.5, 0.5]],
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    }),
  );
}

const FILES = [
  ...[0, 1, 2].map((place) => ({ series: 2, place })),
  ...[0, 1, 2, 3].map((place) => ({ series: 1, place })),
].map(({ series, place }) => ({
  name: `s${String(series)}-${String(place)}.dcm`,
  mimeType: 'application/dicom',
  buffer: slice(series, place),
}));
const REPORT = { name: 'report.dcm', mimeType: 'application/dicom', buffer: Buffer.from('no image') };

describeInBrowser('a folder of several series', () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await BrowserRig.start();
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  it('is sorted by them, and the one that is chosen is shown and asked about', async () => {
    const visit = await rig.open('/');
    const { page, context } = visit;
    const addresses: string[] = [];
    context.on('request', (request) => addresses.push(decodeURIComponent(request.url())));
    const input = page.locator('input[type=file]:not([webkitdirectory])');
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await input.setInputFiles([...FILES, REPORT]);

    await page.getByText('2 series were found.').waitFor({ timeout: 30_000 });
    const found = page.getByRole('listitem').filter({ has: page.getByRole('button') });
    expect(await found.allInnerTexts()).toMatchObject([
      expect.stringMatching(/Axial[^]*Series 1 · CT · 4 files/),
      expect.stringMatching(/Bone[^]*Series 2 · CT · 3 files/),
    ]);
    await page.getByText('Files that cannot be read were left out.').waitFor();
    await page.getByText('1 file was left out').click();
    await page.getByText('the platform can show nothing of it').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('button', { name: HOSTILE }).click();
    await page.getByText('32 × 32 pixels, 4 slices').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Another series of the folder' }).click();
    await page.getByRole('button', { name: 'Bone' }).click();
    await page.getByText('32 × 32 pixels, 3 slices').waitFor({ timeout: 30_000 });
    expect(await accessibilityFaults(page)).toEqual([]);

    const accepted = page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().endsWith('/v1/jobs'),
    );
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    const { id } = (await (await accepted).json()) as { readonly id: string };
    await page.getByText('Answered in').waitFor({ timeout: 30_000 });
    const answer: unknown = await (await context.request.get(`${rig.url}/v1/results/${id}`)).json();
    expect(answer).toMatchObject({ provenance: { inputs: [{}, {}, {}] } });

    expect(await page.title()).toBe('Ask – MedServe');
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, history.state]));
    expect([kept, ...addresses].filter((text) => /Zyxomatic|2\.25\.77|Axial/.test(text))).toEqual([]);
    expect(visit.complaints).toEqual([]);
  }, 120_000);
});
