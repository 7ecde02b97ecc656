import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Description } from '../../apps/console/src/api/types/description';
import { Caller } from '../support/caller';
import { medserve, Platform } from '../support/platform';
import { itWithRealImages, sharedFile, sharedFolder } from '../support/shared-data';
import { syntheticSeries, syntheticSlice } from '../support/synthetic';

interface Inspected {
  readonly description: Description;
  readonly pixels: DataView;
}

/** Names and numbers of patients that the synthetic slices hold. */
const PATIENT = /Doe|Jane|MRN4471029|1\.2\.3\.4\.[569]/;

describe('the inspection of images', () => {
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    platform = await Platform.start({ shape: 'single' });
    caller = new Caller(platform.ready);
  }, 120_000);
  afterAll(() => platform.remove(), 30_000);

  const inspect = (files: readonly Buffer[], request: object = {}, accept = 'application/json') =>
    caller.inferFiles(files, request, '/v1/inspect', { accept });

  /** As a page reads it: with what a browser has for forms. */
  async function both(files: readonly Buffer[]): Promise<Inspected> {
    const { status, headers, bytes } = await inspect(files, {}, 'multipart/form-data');
    expect(status).toBe(200);
    const type = headers.get('content-type') ?? '';
    // oxlint-disable-next-line typescript/no-deprecated -- this is what a browser has, and what the page reads the answer with
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
    const pixels = form.get('pixels') as File;
    expect(pixels.type).toBe('application/x-nifti');
    return {
      description: JSON.parse(form.get('description') as string) as Description,
      pixels: new DataView(await pixels.arrayBuffer()),
    };
  }

  it('say what a series is, why, and what can be asked of it, and nothing of whom it shows', async () => {
    const { status, json, headers, bytes } = await inspect(syntheticSeries(4));
    const { modality, image, offers, inputs, slices } = json as unknown as Description;
    expect(status).toBe(200);
    expect(modality).toMatchObject({ detected: 'ct3d', served: 'ct3d', source: 'header', choices: [] });
    expect(modality.why).toContain('the modality code CT');
    expect(image).toMatchObject({ kind: 'volume', columns: 64, rows: 64, slices: 4, spacingMm: { x: 1, y: 1, z: 5 } });
    expect(image.orientation).toEqual({ x: 'L', y: 'P', z: 'H' });
    expect([inputs.length, slices?.length]).toEqual([4, 4]);
    expect(offers[0]).toMatchObject({ modality: 'ct3d', task: 'measure', isDefault: true, question: 'none' });
    expect(offers[0]?.models[0]).toMatchObject({ isDefault: true });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(bytes.toString()).not.toMatch(PATIENT);
  }, 30_000);

  it('hand out the pixels in the coordinates of answers, with their place in the patient', async () => {
    const { description, pixels } = await both(syntheticSeries(3).reverse());
    expect(description.slices).toEqual([{ input: 2 }, { input: 1 }, { input: 0 }]);
    const [columns, rows, slices] = [42, 44, 46].map((at) => pixels.getInt16(at, true));
    expect([columns, rows, slices]).toEqual([64, 64, 3]);
    const at = (i: number, j: number, k: number): number => pixels.getUint16(352 + 2 * ((k * 64 + j) * 64 + i), true);
    expect([at(0, 0, 0), at(32, 32, 0), at(32, 32, 2)]).toEqual([24, 1064 + (1024 % 7), 1064 + ((1024 + 2) % 7)]);
    expect([pixels.getFloat32(112, true), pixels.getFloat32(116, true)]).toEqual([1, -1024]);
    const srow = Array.from({ length: 12 }, (_, index) => pixels.getFloat32(280 + 4 * index, true) + 0);
    expect(srow).toEqual([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 5, 0]);
    expect(Buffer.from(pixels.buffer).toString('latin1')).not.toMatch(PATIENT);
  }, 30_000);

  it('hand out the pixels alone, too, and read them back as the volume that they are', async () => {
    const { status, headers, bytes } = await inspect(syntheticSeries(3), {}, 'application/x-nifti');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-nifti']);
    expect(bytes.length).toBe(352 + 2 * 64 * 64 * 3);
    const again = await inspect([bytes]);
    const { modality, image } = again.json as unknown as Description;
    expect(image).toMatchObject({ columns: 64, rows: 64, slices: 3, spacingMm: { x: 1, y: 1, z: 5 } });
    expect(modality).toMatchObject({ detected: null, served: null, source: 'none' });
    expect(modality.choices.map(({ id }) => id)).toEqual(['ct3d', 'mr3d']);
    const declared = await inspect([bytes], { modality: 'ct3d' });
    expect((declared.json as unknown as Description).modality.served).toBe('ct3d');
  }, 30_000);

  it('promise what an inference keeps: what is offered first is what is done', async () => {
    const slice = syntheticSlice(1);
    const { offers } = (await inspect([slice])).json as unknown as Description;
    const { json } = await caller.inferFiles([slice]);
    const done = json as unknown as { task: string; provenance: { model: { name: string; version: string } } };
    const [offer] = offers;
    expect([offer?.task, offer?.models[0]?.name, offer?.models[0]?.version]).toEqual([
      done.task,
      done.provenance.model.name,
      done.provenance.model.version,
    ]);
    const after = (await inspect([slice])).json as unknown as Description;
    expect(after.offers[0]?.models[0]).toMatchObject({ isWarm: true, state: 'ready' });
  }, 60_000);

  it.each<[string, Buffer[], object, number, string]>([
    ['no image', [Buffer.from('not an image')], {}, 415, 'unsupported_media'],
    ['an empty file', [Buffer.alloc(0)], {}, 422, 'unreadable_image'],
    ['half a file', [syntheticSlice(1).subarray(0, 4_000)], {}, 422, 'unreadable_image'],
    ['two series', [syntheticSlice(1), syntheticSlice(2, { series: '1.2.9', position: 5 })], {}, 422, 'mixed_series'],
    ['a wrong declaration', [syntheticSlice(1)], { modality: 'fundus' }, 422, 'modality_mismatch'],
    ['an unknown wish', [syntheticSlice(1)], { tusk: 'x' }, 400, 'invalid_request'],
  ])(
    'refuse as an inference does: %s',
    async (_, files, request, status, code) => {
      for (const accept of ['application/json', 'multipart/form-data']) {
        const refused = await inspect(files, request, accept);
        expect([refused.status, refused.json['code'], refused.headers.get('content-type')]).toEqual([
          status,
          code,
          'application/problem+json',
        ]);
      }
    },
    30_000,
  );

  it('leave no record', async () => {
    const { headers } = await inspect([syntheticSlice(7)]);
    const id = headers.get('x-request-id') ?? '';
    expect((await caller.call(`/v1/audit/${id}`)).status).toBe(404);
    expect((await caller.call(`/v1/results/${id}`)).status).toBe(404);
  }, 30_000);

  describe('and files that were sent before', () => {
    const send = async (file: Buffer, patient?: string): Promise<string> => {
      const body = new FormData();
      body.set('purpose', 'vision');
      body.set('file', new Blob([new Uint8Array(file)]), 'x.dcm');
      const headers: Record<string, string> = patient === undefined ? {} : { 'x-medserve-patient-key': patient };
      const { status, json } = await caller.call('/v1/files', { method: 'POST', body, headers });
      expect(status).toBe(200);
      return String(json['id']);
    };
    const asJson = (path: string, body: object, authorization?: string) =>
      caller.call(path, {
        method: 'POST',
        body: new TextEncoder().encode(JSON.stringify(body)),
        headers: { 'content-type': 'application/json' },
        ...(authorization === undefined ? {} : { authorization }),
      });

    it('are inspected and asked about by their ids, among others, as if they had been sent along', async () => {
      const [first, second, third] = syntheticSeries(3) as [Buffer, Buffer, Buffer];
      const inputs = [{ ref: await send(first) }, { data: second.toString('base64') }, { ref: await send(third) }];
      const { json } = await asJson('/v1/inspect', { inputs });
      expect((json as unknown as Description).image.slices).toBe(3);
      const answered = await asJson('/v1/infer', { inputs });
      const whole = await caller.inferFiles([first, second, third]);
      const shown = ({ json: document }: typeof whole) =>
        (document as unknown as { provenance: { inputs: unknown } }).provenance.inputs;
      expect([answered.status, shown(answered)]).toEqual([200, shown(whole)]);
      const job = await asJson('/v1/jobs', { inputs });
      expect(job.status).toBe(202);
    }, 60_000);

    it("are another's business: neither an unknown file nor that of another key is found", async () => {
      const { json } = await caller.call('/v1/keys', {
        method: 'POST',
        body: new TextEncoder().encode(JSON.stringify({ label: 'other', scopes: ['infer'] })),
        headers: { 'content-type': 'application/json' },
      });
      const inputs = [{ ref: await send(syntheticSlice(3)) }];
      const foreign = await asJson('/v1/inspect', { inputs }, `Bearer ${String(json['key'])}`);
      const unknown = await asJson('/v1/infer', { inputs: [{ ref: 'file-of-nobody' }] });
      for (const refused of [foreign, unknown]) {
        expect([refused.status, refused.json['code'], refused.json['field']]).toEqual([
          404,
          'not_found',
          'inputs.0.ref',
        ]);
      }
    }, 30_000);

    it('of two patients are not one request', async () => {
      // Without a name in their headers.
      const { pixels } = await both([syntheticSlice(1)]);
      const nifti = Buffer.from(pixels.buffer);
      const inputs = [{ ref: await send(nifti, 'one') }, { ref: await send(nifti, 'two') }];
      const refused = await asJson('/v1/infer', { inputs, modality: 'ct3d' });
      expect([refused.status, refused.json['code'], refused.json['field']]).toEqual([400, 'invalid_request', 'inputs']);
    }, 30_000);
  });

  itWithRealImages(
    'know a head CT, with the window of its header, and hand out all of its slices',
    async () => {
      const folder = ['dicom-series', 'head-ct-ge'];
      const files = sharedFolder(...folder)
        .filter((name) => name.endsWith('.dcm'))
        .map((name) => sharedFile(...folder, name));
      const { description, pixels } = await both(files);
      expect(description.modality).toMatchObject({ detected: 'ct3d', detail: { bodyPart: 'HEAD' } });
      expect(description.image).toMatchObject({
        columns: 512,
        rows: 512,
        slices: 28,
        window: { center: 35, width: 85, function: 'linear' },
      });
      expect(pixels.byteLength).toBe(352 + 2 * 512 * 512 * 28);
    },
    60_000,
  );

  it('can be made in a terminal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-inspect-'));
    const file = join(folder, 'a.dcm');
    writeFileSync(file, syntheticSlice(1));
    const said = async (...more: string[]): Promise<string> => {
      const child = medserve(['inspect', file, '--home', platform.ready.home, ...more]);
      return child.stdout === null ? '' : text(child.stdout);
    };
    const friendly = await said();
    expect(friendly).toMatch(
      /^Radiology, a single image \(radiology\)\n {2}Its DICOM header names the modality code CT/,
    );
    expect(friendly).toMatch(/64 x 64 samples, 1 x 1 mm apart, growing towards L, P/);
    expect(friendly).toMatch(/radiology +classify\* +- +organ-modality:1\*/);
    expect(JSON.parse(await said('--json'))).toMatchObject({ modality: { served: 'radiology' } });
    rmSync(folder, { recursive: true });
  }, 60_000);
});
