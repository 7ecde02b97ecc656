import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caller } from '../support/caller';
import { ctStudy, reached, stow } from '../support/studies';
import { accessibilityFaults, BrowserRig, describeInBrowser } from './rig';
import { painted } from './stage';

const SLICES = 10;
const ROUTE = `
name: quick
description: CT volumes, soon after their last slice
when: { modality: CT }
complete: { quietSeconds: 1 }
series: { minSlices: 8 }
runs: [{ name: regions, task: segment, model: ct-regions }]
results: { dicom: [sr] }
`;

describeInBrowser('the answer about a study that was sent to the archive', () => {
  const routes = mkdtempSync(join(tmpdir(), 'medserve-routes-'));
  let rig: BrowserRig;
  beforeAll(async () => {
    writeFileSync(join(routes, 'quick.yaml'), ROUTE);
    rig = await BrowserRig.start({ environment: { MEDSERVE_ROUTES: routes } });
  }, 90_000);
  afterEach(() => rig.closeVisits());
  afterAll(async () => {
    await rig.stop();
    rmSync(routes, { recursive: true, force: true });
  }, 60_000);

  it('has its images fetched from there, those that were asked about and none that came later', async () => {
    const caller = new Caller(rig.platform.ready);
    const { studyUid, slices } = ctStudy(SLICES + 1);
    await stow(caller, slices.slice(0, SLICES));
    const { runs } = await reached(caller, studyUid, 'exported');
    await stow(caller, slices.slice(SLICES));

    const { page, complaints } = await rig.open(`/answers/${runs[0]?.request ?? ''}`);
    await page.getByRole('heading', { name: 'The picture is not in this tab' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Fetch them from the archive' }).click();
    await painted(page);
    await page.getByText(`${String(SLICES / 2)} / ${String(SLICES)}`).waitFor();
    await page.getByRole('button', { name: 'Show the findings' }).waitFor();
    expect(await page.title()).toBe('Answer – MedServe');
    expect(page.url()).not.toContain(studyUid);
    expect(complaints).toEqual([]);
  }, 120_000);

  it('is not offered where the files came by another door', async () => {
    const caller = new Caller(rig.platform.ready);
    const { slices } = ctStudy(SLICES);
    const { json } = await caller.inferFiles(slices, {});
    const { page } = await rig.open(`/answers/${String(json['id'])}`);
    await page.getByRole('heading', { name: 'The picture is not in this tab' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('button', { name: 'Fetch them from the archive' }).count()).toBe(0);
  }, 60_000);
});
