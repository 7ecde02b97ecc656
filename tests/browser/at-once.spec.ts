import { dicomFile, image } from '@medserve/testkit';
import { arrived, BrowserRig, describeInBrowser } from './rig';

const SIDE = 64;

const slice = dicomFile(
  image(SIDE, SIDE, {
    0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
    0x00080060: ['CS', 'CT'],
    0x7fe00010: ['OW', Buffer.alloc(SIDE * SIDE * 2, 7)],
  }),
);

/** In the page: notes each time that something says in place of a part of the page that it is being loaded. */
function noteLoading(): void {
  const noted: string[] = [];
  Object.assign(globalThis, { noted });
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const { textContent } of addedNodes) if (textContent?.includes('Loading …')) noted.push(textContent);
  }).observe(document, { childList: true, subtree: true });
}

const notedOn = () => (globalThis as unknown as { readonly noted: readonly string[] }).noted;

describeInBrowser('an image that comes when what shows it is there', () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await BrowserRig.start();
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  it('is drawn at once, and nothing takes its place before: it would stay for 300 ms', async () => {
    const { page, complaints } = await rig.open('/');
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    // Fetched while a person looks for a file.
    for (const part of ['/assets/workspace', '/assets/stage']) await arrived(page, part);
    await page.evaluate(noteLoading);
    await page
      .locator('input[type=file]:not([webkitdirectory])')
      .setInputFiles({ name: 'a.dcm', mimeType: 'application/dicom', buffer: slice });
    await page.getByRole('application', { name: 'Image' }).waitFor();
    expect(await page.evaluate(notedOn)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 60_000);
});
