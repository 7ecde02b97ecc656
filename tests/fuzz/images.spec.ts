import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/platform';
import { archive, slide, tiff } from './generators/containers';
import { dicomHeader, dicomPixels, jpeg2000Dicom, nifti, raster } from './generators/images';
import { NAMED_IMAGES } from './generators/named-images';
import type { Draw } from './support/draw';
import type { HttpCase } from './support/http-case';
import { Target } from './support/target';

const SHARED = join(ROOT, '..', 'shared', 'data');
const LARGEST_SEED_BYTES = 200_000;

/** Small real files, where they are there. */
function realFiles(folder: string): Buffer[] {
  const path = join(SHARED, folder);
  if (!existsSync(path)) {
    process.stdout.write(`The real files (../shared/data/${folder}) are absent: only generated ones are sent.\n`);
    return [];
  }
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(path, name)))
    .filter(({ length }) => length < LARGEST_SEED_BYTES);
}

/** Nine of ten are declared to be what they are not, so that they are decoded and then refused, without asking a model. */
const asking = (body: Buffer, type: string, draw: Draw): HttpCase => ({
  method: 'POST',
  path: draw.chance(0.9) ? '/v1/infer?modality=pathology' : '/v1/infer',
  headers: { 'content-type': type },
  body,
});

describe('files that claim to be images', () => {
  const dicom = realFiles('dicom');
  const pictures = realFiles('images');
  let target: Target;

  beforeAll(async () => {
    target = await Target.start();
  }, 120_000);
  afterAll(() => target.stop(), 60_000);

  it.each(NAMED_IMAGES)(
    '$name is $status $code',
    async ({ make, status, code }) => {
      const before = target.servers();
      const type = 'application/octet-stream';
      const answer = await target.http.send({
        method: 'POST',
        path: '/v1/infer?modality=radiology',
        headers: { 'content-type': type },
        body: make(),
      });
      const problem = JSON.parse(answer.body) as { code: string; detail: string };
      expect({ status: answer.status, code: problem.code, detail: problem.detail }).toMatchObject({ status, code });
      expect(target.servers()).toEqual(before);
    },
    60_000,
  );

  it('with DICOM headers of any kind are answered or refused', async () => {
    const make = (draw: Draw) => asking(dicomHeader(draw), 'application/dicom', draw);
    expect((await target.attack('dicom-header', 5_000, make)).kinds).toBeGreaterThan(1);
  }, 600_000);

  it('with DICOM pixels of any kind are answered or refused', async () => {
    const make = (draw: Draw) => asking(dicomPixels(draw, dicom), 'application/dicom', draw);
    expect((await target.attack('dicom-pixels', 4_000, make)).kinds).toBeGreaterThan(1);
  }, 600_000);

  it('with JPEG 2000 codestreams that claim any size are refused', async () => {
    await target.attack('jpeg2000', 1_000, (draw) => asking(jpeg2000Dicom(draw), 'application/dicom', draw));
  }, 600_000);

  it('as PNG, JPEG or anything else are answered or refused', async () => {
    const make = (draw: Draw) =>
      asking(raster(draw, pictures), draw.pick(['image/png', 'image/jpeg', 'application/octet-stream']), draw);
    expect((await target.attack('raster', 2_000, make)).kinds).toBeGreaterThan(1);
  }, 600_000);

  it('as TIFF of any size and kind are answered or refused', async () => {
    const make = (draw: Draw) => asking(tiff(draw), draw.pick(['image/tiff', 'application/octet-stream']), draw);
    expect((await target.attack('tiff', 1_500, make)).kinds).toBeGreaterThan(1);
  }, 600_000);

  it('as slides whose tiles lie anywhere are answered or refused', async () => {
    const make = (draw: Draw) => asking(slide(draw), 'application/dicom', draw);
    expect((await target.attack('slide', 1_000, make)).kinds).toBeGreaterThan(1);
  }, 600_000);

  it('as archives are refused, with nothing taken out of them', async () => {
    const make = (draw: Draw) =>
      asking(archive(draw), draw.pick(['application/zip', 'application/gzip', 'application/octet-stream']), draw);
    await target.attack('archive', 500, make);
  }, 600_000);

  it('as NIfTI of any shape are answered or refused', async () => {
    const make = (draw: Draw): HttpCase => ({
      method: 'POST',
      path: `/v1/infer?modality=${draw.pick(['ct3d', 'mr3d', 'radiology'])}`,
      headers: { 'content-type': draw.pick(['application/octet-stream', 'application/gzip']) },
      body: nifti(draw),
    });
    expect((await target.attack('nifti', 1_000, make)).kinds).toBeGreaterThan(1);
  }, 600_000);
});
