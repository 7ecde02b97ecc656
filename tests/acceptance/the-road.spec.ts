import { createHash, randomUUID } from 'node:crypto';
import { Caller } from '../support/caller';
import { Platform, runMedserve } from '../support/platform';
import { itWithRealImages, sharedFile, sharedFolder } from '../support/shared-data';
import { syntheticSeries, syntheticSlice } from '../support/synthetic';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each(['single', 'split'] as const)('the road of a request, shape %s', (shape) => {
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    platform = await Platform.start({ shape });
    caller = new Caller(platform.ready);
  }, 90_000);
  afterAll(() => platform.remove(), 30_000);

  it('answers a CT slice with its provenance, its record committed', async () => {
    const slice = syntheticSlice();
    const { status, json, bytes } = await caller.infer(slice, 'application/dicom');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'completed',
      task: 'classify',
      modality: { declared: null, detected: 'radiology', source: 'header', detail: { dicomModality: 'CT' } },
      answer: { kind: 'classification' },
      provenance: {
        model: { name: 'organ-modality' },
        engine: expect.stringMatching(/^onnxruntime-node \d/) as string,
        inputs: [{ sha256: sha256(slice), kind: 'dicom' }],
      },
    });
    const id = String(json['id']);
    expect(await caller.events(id)).toEqual(['accepted', 'completed']);
    expect((await caller.call(`/v1/results/${id}`)).bytes.equals(bytes)).toBe(true);
  }, 60_000);

  it('sends away who does not wait for a cold model, and calls back who prefers that', async () => {
    const prefer = (preference: string): ReturnType<Caller['inferFiles']> =>
      caller.inferFiles(syntheticSeries(4), {}, '/v1/infer', { prefer: preference });
    const refused = await prefer('wait=0');
    expect(refused).toMatchObject({ status: 503, json: { code: 'model_loading' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const accepted = await prefer('respond-async');
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('preference-applied')).toBe('respond-async');
    const events = (await caller.call(`${accepted.headers.get('location') ?? ''}/events`)).bytes.toString();
    expect(events).toMatch(/event: completed\ndata: .*\n\n$/);
  }, 60_000);

  it('makes one volume of a series, in millilitres that follow from the geometry', async () => {
    const volumeOf = async (files: readonly Buffer[]): Promise<number> => {
      const { status, json } = await caller.inferFiles(files);
      expect(status).toBe(200);
      const { measurements } = json['answer'] as unknown as { measurements: { unit: string; value: number }[] };
      return measurements.filter(({ unit }) => unit === 'mL').reduce((sum, { value }) => sum + value, 0);
    };
    const whole = await volumeOf(syntheticSeries(8));
    const half = await volumeOf(syntheticSeries(4));
    expect(half / whole).toBeCloseTo(0.5, 1);
  }, 60_000);

  it('runs a job with progress to the answer that can be read again', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const send = (): ReturnType<Caller['inferFiles']> => caller.inferFiles(syntheticSeries(6), {}, '/v1/jobs', key);
    const created = await send();
    expect(created).toMatchObject({ status: 202, json: { status: 'running' } });
    const place = created.headers.get('location') ?? '';
    const events = (await caller.call(`${place}/events`)).bytes.toString();
    expect(events).toMatch(/event: progress\ndata: .*"percent"/);
    expect(events).toMatch(/event: completed\ndata: .*\n\n$/);
    const job = await caller.call(place);
    expect(job.json).toMatchObject({ status: 'completed', result: { answer: { kind: 'measurements' } } });
    const { id } = created.json;
    expect(await send()).toMatchObject({ status: 202, json: { id, status: 'completed' } });
    expect((await caller.call(place.replace(String(id), String(id).toUpperCase()))).json).toMatchObject({ id });
  }, 60_000);

  it('gives a repeated idempotency key its first answer and one record, also at the same time', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const slice = syntheticSlice(1);
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => caller.infer(slice, 'application/dicom', {}, key)),
    );
    expect(new Set(replies.map(({ bytes }) => sha256(bytes))).size).toBe(1);
    expect(await caller.events(String(replies[0]?.json['id']))).toHaveLength(2);
    const other = await caller.infer(syntheticSlice(2), 'application/dicom', {}, key);
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
  }, 60_000);

  it.each<[string, number, string, () => ReturnType<Caller['call']>]>([
    ['no key', 401, 'unauthenticated', () => caller.call('/v1/models', { authorization: null })],
    [
      'an unknown path without a key',
      401,
      'unauthenticated',
      () => caller.call('/v1/nothing', { authorization: null }),
    ],
    ['an unknown path', 404, 'not_found', () => caller.call('/v1/nothing')],
    ['text', 415, 'unsupported_media', () => caller.infer(Buffer.from('hello'), 'text/plain')],
    ['nothing', 422, 'unreadable_image', () => caller.infer(Buffer.alloc(0), 'image/png')],
    [
      'half a file',
      422,
      'unreadable_image',
      () => caller.infer(syntheticSlice().subarray(0, 4000), 'application/dicom'),
    ],
    [
      'a declared fundus that is a CT',
      422,
      'modality_mismatch',
      () => caller.infer(syntheticSlice(), 'application/dicom', { modality: 'fundus' }),
    ],
    [
      'a modality that is none',
      400,
      'invalid_request',
      () => caller.infer(syntheticSlice(), 'application/dicom', { modality: 'astrology' }),
    ],
    [
      'an unknown model',
      404,
      'model_not_found',
      () => caller.infer(syntheticSlice(), 'application/dicom', { model: 'no-such' }),
    ],
    [
      'an unknown task',
      404,
      'task_not_found',
      () => caller.infer(syntheticSlice(), 'application/dicom', { task: 'no-such' }),
    ],
    [
      'a task that the modality has not',
      422,
      'task_not_available',
      () => caller.infer(syntheticSlice(), 'application/dicom', { task: 'segment' }),
    ],
    [
      'an unknown member',
      400,
      'invalid_request',
      () => caller.infer(syntheticSlice(), 'application/dicom', { tusk: 'classify' }),
    ],
    [
      'slices of two series',
      422,
      'mixed_series',
      () => caller.inferFiles([syntheticSlice(1), syntheticSlice(2, { series: '9.9' })]),
    ],
    ['a content type that is none', 415, 'unsupported_media', () => caller.infer(syntheticSlice(), 'none')],
    [
      'a form that is none',
      400,
      'invalid_request',
      () => caller.infer(Buffer.from('hello'), 'multipart/form-data; boundary=q'),
    ],
    ['an id that is too long', 400, 'invalid_request', () => caller.call(`/v1/results/${'x'.repeat(500)}`)],
    ['a result that never was', 404, 'not_found', () => caller.call(`/v1/results/${randomUUID()}`)],
  ])('refuses %s as %i %s', async (_what, status, code, ask) => {
    const reply = await ask();
    expect(reply.json).toMatchObject({
      status,
      code,
      remedy: expect.any(String) as string,
      requestId: reply.headers.get('x-request-id'),
    });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
  });

  it('records a deadline that passed before the model was asked', async () => {
    const slice = await caller.infer(syntheticSlice(5), 'application/dicom', { deadlineMs: '1' });
    expect(slice).toMatchObject({ status: 504, json: { code: 'deadline_exceeded' } });
    expect(await caller.events(String(slice.json['requestId']))).toEqual(['accepted', 'failed']);
  }, 60_000);

  it('says nothing of the patient in answers, refusals, metrics and logs', async () => {
    const answer = await caller.infer(syntheticSlice(3), 'application/dicom');
    const refusal = await caller.infer(syntheticSlice(3), 'application/dicom', { modality: 'fundus' });
    const metrics = await caller.call('/metrics');
    const said = [answer, refusal, metrics].map(({ bytes }) => bytes.toString()).join('\n') + platform.output;
    for (const secret of ['Doe', 'Jane', 'MRN4471029', '1.2.3.4.5']) expect(said).not.toContain(secret);
  }, 60_000);

  it('counts requests by how they ended', async () => {
    const completed = async (): Promise<number> => {
      const text = (await caller.call('/metrics', { authorization: null })).bytes.toString();
      return [...text.matchAll(/^medserve_requests_total\{.*outcome="completed".*\} (\d+)$/gm)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );
    };
    const before = await completed();
    await caller.infer(syntheticSlice(4), 'application/dicom');
    expect(await completed()).toBe(before + 1);
  }, 60_000);

  it('shows models, and verifies, proves and exports its ledger by command', async () => {
    const { home } = platform.ready;
    const { json } = await caller.infer(syntheticSlice(5), 'application/dicom');
    const models = await runMedserve('models', '--home', home);
    expect(models.stdout).toContain('ct-tissue:1');
    const verdict = JSON.parse((await runMedserve('audit', 'verify', '--json', '--home', home)).stdout) as {
      size: number;
      problems: unknown[];
    };
    expect(verdict.size).toBeGreaterThan(1);
    expect(verdict.problems).toEqual([]);
    const proof = JSON.parse(
      (await runMedserve('audit', 'prove', String(json['id']), '--json', '--home', home)).stdout,
    ) as { records: unknown[] };
    expect(proof.records).toHaveLength(2);
    const never = await runMedserve('audit', 'prove', randomUUID(), '--home', home);
    expect(never.status).toBe(1);
    expect(never.stderr).not.toContain('    at ');
  }, 60_000);

  it('refuses a second platform on the same home', async () => {
    const second = await runMedserve('up', '--home', platform.ready.home, '--port', '0', '--grpc-port', '0');
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('already running');
    expect((await caller.call('/readyz', { authorization: null })).status).toBe(200);
  }, 30_000);

  itWithRealImages(
    'reads a real head CT with tilt and uneven spacing',
    async () => {
      const files = sharedFolder('dicom-series', 'head-ct-ge').map((name) =>
        sharedFile('dicom-series', 'head-ct-ge', name),
      );
      const { status, json } = await caller.inferFiles(files);
      expect(status).toBe(200);
      expect(json).toMatchObject({ modality: { detected: 'ct3d' }, answer: { kind: 'measurements' } });
    },
    60_000,
  );

  itWithRealImages(
    'knows images by their pixels, and what is no medical image',
    async () => {
      const seen = async (name: string, type: string): Promise<unknown> => {
        const { json } = await caller.infer(sharedFile('images', name), type);
        return (json['modality'] as unknown as { detected?: string } | undefined)?.detected ?? json['code'];
      };
      expect(await seen('nih-00000001_000.png', 'image/png')).toBe('radiology');
      expect(await seen('retina.jpg', 'image/jpeg')).toBe('fundus');
      expect(await seen('ihc.png', 'image/png')).toBe('pathology');
      expect(await seen('coffee.png', 'image/png')).toBe('modality_unrecognised');
      expect(await seen('chelsea.png', 'image/png')).toBe('modality_unrecognised');
    },
    90_000,
  );
});
