import { dicomFile, image } from '@medserve/testkit';
import { until } from '../support/platform';
import { BrowserRig, describeInBrowser } from './rig';

const SIZE = 64;
const NAME = 'Zyxomatic^Quillan';
const ID = 'MRN90210477';
const UID = '2.25.90210477314159265358979323846';
/** What nobody may read who looks over a shoulder, at a history, at a log of a proxy or at what a browser keeps. */
const MARKS = ['Zyxomatic', 'Quillan', ID, '90210477314159265358979323846', 'confidential'];

function markedImage(): Buffer {
  const pixels = Buffer.alloc(SIZE * SIZE * 2);
  for (let at = 0; at < SIZE * SIZE; at += 1) {
    const [row, column] = [Math.floor(at / SIZE), at % SIZE];
    const isDisc = (row - SIZE / 2) ** 2 + (column - SIZE / 2) ** 2 < (SIZE / 3) ** 2;
    pixels.writeUInt16LE(isDisc ? 900 : 40, at * 2);
  }
  return dicomFile(
    image(SIZE, SIZE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.1.1'],
      0x00080018: ['UI', `${UID}.3`],
      0x00080060: ['CS', 'DX'],
      0x00100010: ['PN', NAME],
      0x00100020: ['LO', ID],
      0x0020000d: ['UI', `${UID}.1`],
      0x0020000e: ['UI', `${UID}.2`],
      0x7fe00010: ['OW', pixels],
    }),
  );
}

describeInBrowser('the console, asked about an image that names a patient', () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await BrowserRig.start();
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(() => rig.stop(), 60_000);

  it('writes nothing of them into addresses, titles, the storage of the browser or its console', async () => {
    const visit = await rig.open('/');
    const { page, context } = visit;
    const heard: string[] = [];
    page.on('console', (message) => heard.push(`console: ${message.text()}`));
    context.on('request', (request) => heard.push(`address: ${decodeURIComponent(request.url())}`));
    page.on('framenavigated', (frame) => heard.push(`page: ${decodeURIComponent(frame.url())}`));
    const look = async (): Promise<void> => {
      heard.push(
        await page.evaluate(() => JSON.stringify([document.title, localStorage, sessionStorage, history.state])),
      );
    };

    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await page
      .locator('input[type=file]:not([webkitdirectory])')
      .setInputFiles({ name: `${NAME}.dcm`, mimeType: 'application/dicom', buffer: markedImage() });
    await page.getByLabel('Answer a question').check();
    await page.getByLabel('Your question').fill('Is there a disc? This is confidential.');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Answered in').waitFor({ timeout: 60_000 });
    await look();
    await page.getByRole('link', { name: 'Open this answer by itself' }).click();
    await page.waitForURL(/\/answers\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Look it up in the log' }).click();
    await page.getByRole('cell', { name: 'Request completed' }).waitFor();
    await look();

    for (const name of ['Work list', 'Models', 'Pools', 'Audit']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await page.getByRole('table').first().waitFor();
      await look();
    }
    await page.getByLabel('Patient id').fill(ID);
    const search = async (): Promise<boolean> => {
      const answered = page.waitForResponse('**/v1/audit/search');
      await page.getByRole('button', { name: 'Search' }).click();
      return (await (await answered).text()).includes('"completed"');
    };
    // It was looked for, and found, when the ledger had it: what it holds of the patient is a keyed hash.
    await until('the ledger has the answer', search);
    await page.getByText('About one patient').waitFor();
    await page.getByRole('cell', { name: 'Request completed' }).first().waitFor();
    await look();

    expect(heard.some((line) => line.startsWith('address: ') && line.endsWith('/v1/audit/search'))).toBe(true);
    expect(heard.filter((line) => MARKS.some((mark) => line.includes(mark)))).toEqual([]);
  }, 120_000);
});
