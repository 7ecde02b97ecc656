import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sumAndDifferenceOnnx, writeTritonModel } from '@medserve/testkit';
import { Caller } from '../support/caller';
import { Platform } from '../support/platform';

const CONFIG = `
  max_batch_size: 8
  input [ { name: "a" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "b" data_type: TYPE_FP32 dims: [ 4 ] } ]
  output [
    { name: "sum" data_type: TYPE_FP32 dims: [ 4 ] label_filename: "labels.txt" },
    { name: "difference" data_type: TYPE_FP32 dims: [ 4 ] }
  ]
`;
const row = (name: string, data: readonly number[]) => ({ name, shape: [1, 4], datatype: 'FP32', data });
const INPUTS = [row('a', [1, 2, 3, 4]), row('b', [10, 20, 30, 0.5])];

describe.each(['single', 'split'] as const)('the Open Inference Protocol over HTTP, shape %s', (shape) => {
  let repository: string;
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'medserve-triton-'));
    const versions = { '1': sumAndDifferenceOnnx(), '3': sumAndDifferenceOnnx() };
    const labels = { 'labels.txt': 'lung\nheart\nliver\nspleen\n' };
    await writeTritonModel(repository, { name: 'sums', versions, config: CONFIG, files: labels });
    const kept = `${CONFIG} response_cache { enable: true }`;
    await writeTritonModel(repository, { name: 'kept', versions: { '1': versions['1'] }, config: kept, files: labels });
    await writeTritonModel(repository, { name: 'unconfigured', versions: { '1': sumAndDifferenceOnnx() } });
    await writeTritonModel(repository, { name: 'broken', versions: { '1': Buffer.from('this is not a protobuf') } });
    platform = await Platform.start({ shape, models: [repository] });
    caller = new Caller(platform.ready);
  }, 90_000);
  afterAll(async () => {
    await platform.remove();
    await rm(repository, { recursive: true, force: true });
  }, 30_000);

  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    caller.call(path, {
      method: 'POST',
      headers,
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? new Uint8Array(body) : new TextEncoder().encode(JSON.stringify(body)) }),
    });
  const infer = (body: unknown, name = 'sums', headers = {}) => post(`/v2/models/${name}/infer`, body, headers);

  it('serves a plain Triton repository, with and without a configuration', async () => {
    const { json } = await caller.call('/v2/models/sums');
    expect(json).toMatchObject({
      name: 'sums',
      versions: ['3'],
      inputs: [
        { name: 'a', datatype: 'FP32', shape: [-1, 4] },
        { name: 'b', datatype: 'FP32', shape: [-1, 4] },
      ],
    });
    expect((await caller.call('/v2/models/unconfigured')).json).toMatchObject({
      outputs: [
        { name: 'sum', datatype: 'FP32', shape: [-1, 4] },
        { name: 'difference', datatype: 'FP32', shape: [-1, 4] },
      ],
    });
    expect((await caller.call('/v2/models/sums/config')).json).toMatchObject({ max_batch_size: 8 });
  }, 60_000);

  it('answers on record', async () => {
    const { status, json, headers } = await infer({ id: 'visit', inputs: INPUTS });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      model_name: 'sums',
      model_version: '3',
      id: 'visit',
      outputs: [
        { name: 'sum', shape: [1, 4], data: [11, 22, 33, 4.5] },
        { name: 'difference', shape: [1, 4], data: [-9, -18, -27, 3.5] },
      ],
    });
    expect(await caller.events(headers.get('x-request-id') ?? '')).toEqual(['accepted', 'completed']);
  }, 60_000);

  it('takes and gives tensors as bytes', async () => {
    const inputs = ['a', 'b'].map((name) => ({
      name,
      shape: [2, 4],
      datatype: 'FP32',
      parameters: { binary_data_size: 32 },
    }));
    const json = Buffer.from(JSON.stringify({ inputs, outputs: [{ name: 'sum', parameters: { binary_data: true } }] }));
    const values = Buffer.from(Float32Array.from({ length: 16 }, (_, index) => index).buffer);
    const reply = await infer(Buffer.concat([json, values]), 'sums', {
      'inference-header-content-length': String(json.length),
    });
    const length = Number(reply.headers.get('inference-header-content-length'));
    const sum = new Float32Array(new Uint8Array(reply.bytes.subarray(length)).buffer);
    expect([...sum]).toEqual([8, 10, 12, 14, 16, 18, 20, 22]);
  }, 60_000);

  it('names the best classes', async () => {
    const { json } = await infer({ inputs: INPUTS, outputs: [{ name: 'sum', parameters: { classification: 2 } }] });
    expect(json).toMatchObject({
      outputs: [{ datatype: 'BYTES', shape: [1, 2], data: ['33:2:liver', '22:1:heart'] }],
    });
  }, 60_000);

  it('keeps the answers of a model that allows it, on record each, until they are forgotten', async () => {
    const ask = () => infer({ inputs: INPUTS }, 'kept', { 'x-medserve-patient-key': 'p-7' });
    const first = await ask();
    const second = await ask();
    expect(second.json).toMatchObject({ outputs: first.json['outputs'] });
    expect(await caller.events(second.headers.get('x-request-id') ?? '')).toEqual(['accepted', 'completed']);
    const statistics = async () => {
      const { json } = await caller.call('/v2/models/kept/stats');
      return (json['model_stats'] as unknown as readonly unknown[])[0];
    };
    expect(await statistics()).toMatchObject({
      execution_count: 1,
      inference_stats: { cache_hit: { count: 1 }, cache_miss: { count: 1 } },
    });
    expect((await post('/v1/cache/purge', { patientKey: 'p-8' })).json).toEqual({ forgotten: 0 });
    expect((await post('/v1/cache/purge', { patientKey: 'p-7' })).json).toEqual({ forgotten: 1 });
    expect((await post('/v1/cache/purge', {})).status).toBe(400);
    await ask();
    expect(await statistics()).toMatchObject({ execution_count: 2 });
  }, 60_000);

  it.each<[string, number, string, object]>([
    ['a wrong datatype', 400, 'sums', { inputs: [{ ...INPUTS[0], datatype: 'INT32' }, INPUTS[1]] }],
    ['a model that cannot be read', 503, 'broken', { inputs: INPUTS }],
    ['a model that is not there', 404, 'nope', { inputs: INPUTS }],
  ])('refuses %s with the error object', async (_name, status, name, body) => {
    const reply = await infer(body, name);
    expect(reply.status).toBe(status);
    expect(reply.json).toEqual({ error: expect.any(String) as string });
  });

  it('unloads a model and loads it again', async () => {
    expect((await post('/v2/repository/models/unconfigured/unload')).status).toBe(200);
    expect((await caller.call('/v2/models/unconfigured/ready')).status).toBe(503);
    expect((await infer({ inputs: INPUTS }, 'unconfigured')).status).toBe(503);
    const index = await post('/v2/repository/index');
    expect(index.json).toContainEqual(expect.objectContaining({ name: 'unconfigured', state: 'UNAVAILABLE' }));
    expect((await post('/v2/repository/models/unconfigured/load')).status).toBe(200);
    expect((await infer({ inputs: INPUTS }, 'unconfigured')).status).toBe(200);
  }, 60_000);

  it('counts requests, rows and runs, in its statistics and its metrics', async () => {
    const read = async (): Promise<{ inference_count: number; inference_stats: { success: { count: number } } }> =>
      ((await caller.call('/v2/models/unconfigured/stats')).json['model_stats'] as unknown as [never])[0];
    const before = await read();
    const twoRows = INPUTS.map((input) => ({ ...input, shape: [2, 4], data: [...input.data, ...input.data] }));
    await infer({ inputs: twoRows }, 'unconfigured');
    const after = await read();
    expect(after.inference_count - before.inference_count).toBe(2);
    expect(after.inference_stats.success.count - before.inference_stats.success.count).toBe(1);
    const page = (await caller.call('/metrics')).bytes.toString();
    expect(page).toMatch(/^nv_inference_request_success\{model="unconfigured",version="1"\} [1-9]/m);
  }, 60_000);
});
