import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@medserve/clinical';
import {
  decodeFrame,
  decodeResult,
  encodeRequest,
  errorOf,
  FrameStreamClient,
  MODEL_HOST_INFER,
  PodClient,
  tensorOf,
} from '@medserve/rpc';
import type { CatalogueEntry, DispatchRequest } from '@medserve/rpc';
import { silentLogger } from '@medserve/runtime';
import { identityOnnx, slowOnnx, writeModelPackage, writeOnnx } from '@medserve/testkit';
import type { HostEvent } from '../settings';
import { startInferencePod, type InferencePod } from './start-inference-pod';

jest.setTimeout(60_000);

const vector = (...values: number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length],
  data: Float32Array.from(values),
});
/** Mean and maximum of a picture, between 0 and 1, as two scores. */
const brightnessOnnx = () =>
  writeOnnx({
    inputs: [{ name: 'image', type: 'UINT8', shape: [1, 'h', 'w', 1] }],
    outputs: [{ name: 'scores', type: 'FP32', shape: [1, 2] }],
    nodes: [
      { op: 'Cast', inputs: ['image'], outputs: ['float'], attributes: { to: 1 } },
      { op: 'Div', inputs: ['float', 'white'], outputs: ['grey'] },
      { op: 'ReduceMean', inputs: ['grey'], outputs: ['mean'], attributes: { axes: [1, 2, 3] } },
      { op: 'ReduceMax', inputs: ['grey'], outputs: ['max'], attributes: { axes: [1, 2, 3] } },
      { op: 'Concat', inputs: ['mean', 'max'], outputs: ['both'], attributes: { axis: 1 } },
      { op: 'Flatten', inputs: ['both'], outputs: ['scores'] },
    ],
    weights: [{ name: 'white', shape: [], values: Float32Array.of(255) }],
  });
const BRIGHTNESS_LINES = [
  'serves: [{ task: classify, modality: radiology, default: true }]',
  'inputs: [{ tensor: image, recipe: [{ step: layout, order: nhwc, as: uint8 }] }]',
  'read: { reader: classification, parameters: { heads: [{ output: scores, about: brightness, activation: sigmoid,',
  '  labels: [{ code: mean, display: Mean }, { code: max, display: Maximum }] }] } }',
  'limits: { maxPixels: 4 }',
];

const ECHO = { name: 'echo', version: '1' };
const SLOW = { name: 'slow', version: '1' };
const ENSURE = { deadlineMs: 30_000 };

describe('an inference pod', () => {
  let repository: string;
  let pod: InferencePod;
  let client: PodClient;
  const closers: (() => void)[] = [];
  const events: HostEvent[] = [];

  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'medserve-pod-'));
    await writeModelPackage(repository, { name: 'echo', onnx: identityOnnx() });
    await writeModelPackage(repository, { name: 'slow', onnx: slowOnnx(256, 150) });
    await writeModelPackage(repository, {
      name: 'sleepy',
      onnx: identityOnnx(),
      lines: ['scaling: { idleSeconds: 0.2 }'],
    });
    await writeModelPackage(repository, { name: 'damaged', onnx: identityOnnx().subarray(0, 40) });
    await writeModelPackage(repository, { name: 'endless', onnx: slowOnnx(1_024, 500) });
    await writeModelPackage(repository, { name: 'brightness', onnx: brightnessOnnx(), lines: BRIGHTNESS_LINES });
    await writeModelPackage(repository, {
      name: 'recipeless',
      onnx: brightnessOnnx(),
      lines: [
        BRIGHTNESS_LINES[0] ?? '',
        'inputs: [{ tensor: image, recipe: [{ step: juggle }] }]',
        ...BRIGHTNESS_LINES.slice(2),
      ],
    });
    await writeModelPackage(repository, { name: 'odd', onnx: identityOnnx(), lines: ['engine_: none'] });
    pod = await startInferencePod({
      listen: { host: '127.0.0.1', port: 0 },
      repositories: [repository, join(repository, 'absent')],
      logger: silentLogger,
      maxQueue: 2,
      retryPauseMs: 60_000,
      onHostEvent: (event) => events.push(event),
    });
    client = new PodClient(pod.address);
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
    events.length = 0;
  });
  afterAll(async () => {
    client.close();
    await pod.close();
    await rm(repository, { recursive: true });
  });

  /** Resolves with the first catalogue that the predicate accepts. */
  const catalogue = (accept: (models: readonly CatalogueEntry[]) => boolean) =>
    new Promise<readonly CatalogueEntry[]>((resolve) => {
      const watch = client.watch((models) => {
        if (models && accept(models)) resolve(models);
      });
      closers.push(() => {
        watch.close();
      });
    });
  const stateOf = (models: readonly CatalogueEntry[], name: string) =>
    models.find((model) => model.name === name)?.state;

  const connect = (address: string): FrameStreamClient => {
    const stream = new FrameStreamClient({ address, method: MODEL_HOST_INFER, maxInFlight: 100, patienceMs: 0 });
    closers.push(() => {
      stream.close();
    });
    return stream;
  };
  async function ask(
    stream: FrameStreamClient,
    id: string,
    tensors: Tensor[],
    { signal, ...more }: { signal?: AbortSignal } & Partial<DispatchRequest> = {},
  ) {
    const request = {
      id,
      tenant: 't',
      class: 'routine',
      deadlineMs: 30_000,
      input: { kind: 'tensors', tensors },
      ...more,
    } as const;
    const frame = decodeFrame(await stream.exchange(id, encodeRequest(request, false), { signal }));
    const { body } = frame;
    if (body?.$case === 'failure') throw errorOf(body.value);
    if (body?.$case !== 'response') return undefined;
    const result = decodeResult(body.value, frame);
    return {
      ...result,
      tensors: result.tensors?.map((tensor) => tensorOf({ ...tensor, shape: [...tensor.shape] }, tensor.bytes)),
    };
  }

  it('lists good packages and says what is wrong with the others', async () => {
    const models = await catalogue(() => true);
    expect(models.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'brightness cold',
      'damaged cold',
      'echo cold',
      'endless cold',
      'recipeless broken',
      'sleepy cold',
      'slow cold',
      'odd broken',
    ]);
    expect(models.at(-1)?.reason).toContain('engine_');
  });

  it('starts one host however many ask, and answers over it with the model’s digest', async () => {
    const addresses = await Promise.all([1, 2, 3].map(() => client.ensure(ECHO, ENSURE)));
    expect(new Set(addresses).size).toBe(1);
    expect(events.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    const models = await catalogue((entries) => stateOf(entries, 'echo') === 'ready');
    const echo = models.find(({ name }) => name === 'echo');
    expect(echo?.inputs).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1] }]);
    const result = await ask(connect(addresses[0] ?? ''), 'a', [vector(1, 2)]);
    expect(result).toMatchObject({
      tensors: [{ ...vector(1, 2), name: 'y' }],
      model: { ...ECHO, digest: echo?.digest },
    });
  });

  it('takes an image through recipe, model and reader to a finding', async () => {
    const stream = connect(await client.ensure({ name: 'brightness', version: '1' }, ENSURE));
    const picture = (width: number) =>
      ({
        kind: 'picture',
        width,
        height: 2,
        channels: 1,
        sampleType: 'uint8',
        samples: new Uint8Array(2 * width).fill(255),
      }) as const;
    const result = await ask(stream, 'a', [], { input: { kind: 'decoded', decoded: picture(2) } });
    const score = expect.closeTo(1 / (1 + Math.exp(-1))) as number;
    expect(result).toMatchObject({
      task: 'classify',
      finding: {
        answer: {
          kind: 'classification',
          labels: [
            { code: 'mean', score },
            { code: 'max', score },
          ],
        },
      },
    });
    expect(Object.keys(result?.timings ?? {})).toEqual(['queue', 'preprocess', 'run', 'read']);
    const large = ask(stream, 'b', [], { input: { kind: 'decoded', decoded: picture(3) } });
    await expect(large).rejects.toMatchObject({ reason: 'too_large', limit: 'pixels: 4' });
  });

  it('refuses tensors that the model does not take, and an image for a model that takes tensors only', async () => {
    const stream = connect(await client.ensure(ECHO, ENSURE));
    await expect(ask(stream, 'a', [{ ...vector(1), name: 'z' }])).rejects.toMatchObject({ reason: 'invalid_request' });
    const decoded = {
      kind: 'picture',
      width: 1,
      height: 1,
      channels: 1,
      sampleType: 'uint8',
      samples: Uint8Array.of(1),
    } as const;
    await expect(ask(stream, 'b', [], { input: { kind: 'decoded', decoded } })).rejects.toMatchObject({
      reason: 'task_not_available',
    });
  });

  it('knows no other models, and says of one that cannot be loaded that it is broken, for a while', async () => {
    await expect(client.ensure({ name: 'nope', version: '1' }, ENSURE)).rejects.toMatchObject({
      reason: 'model_not_found',
    });
    for (const name of ['damaged', 'odd']) {
      await expect(client.ensure({ name, version: '1' }, ENSURE)).rejects.toMatchObject({ reason: 'model_broken' });
    }
    await expect(client.ensure({ name: 'damaged', version: '1' }, ENSURE)).rejects.toMatchObject({
      reason: 'model_broken',
    });
    expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
    const models = await catalogue((entries) => stateOf(entries, 'damaged') === 'broken');
    expect(models.find(({ name }) => name === 'damaged')?.reason).toContain('ONNX Runtime');
  });

  it('refuses what does not fit into the queue, and gives a cancelled request’s place to the next', async () => {
    const stream = connect(await client.ensure(SLOW, ENSURE));
    const running = ask(stream, 'running', [vector(1)]);
    const leaving = new AbortController();
    const left = ask(stream, 'left', [vector(1)], { signal: leaving.signal });
    const waiting = ask(stream, 'waiting', [vector(1)]);
    await expect(ask(stream, 'toomany', [vector(1)])).rejects.toMatchObject({ reason: 'overloaded' });
    leaving.abort();
    await expect(left).rejects.toMatchObject({ reason: 'cancelled' });
    const next = ask(stream, 'next', [vector(1)]);
    await expect(Promise.all([running, waiting, next])).resolves.toHaveLength(3);
  });

  it('drops what waited longer than its deadline', async () => {
    const stream = connect(await client.ensure(SLOW, ENSURE));
    const running = ask(stream, 'running', [vector(1)]);
    await expect(ask(stream, 'late', [vector(1)], { deadlineMs: 5 })).rejects.toMatchObject({
      reason: 'deadline_exceeded',
    });
    await running;
  });

  it('unloads a model that is idle and loads it again when it is asked for', async () => {
    const sleepy = { name: 'sleepy', version: '1' };
    const first = await client.ensure(sleepy, ENSURE);
    await catalogue((entries) => stateOf(entries, 'sleepy') === 'cold');
    const second = await client.ensure(sleepy, ENSURE);
    expect(second).not.toBe(first);
    expect(await ask(connect(second), 'a', [vector(3)])).toBeDefined();
  });

  it('kills and replaces a host whose model runs for more than twice its time', async () => {
    const endless = { name: 'endless', version: '1' };
    const before = await client.ensure(endless, ENSURE);
    await expect(ask(connect(before), 'a', [vector(1)], { deadlineMs: 200 })).rejects.toMatchObject({
      reason: 'deadline_exceeded',
    });
    await catalogue((entries) => stateOf(entries, 'endless') === 'loading');
    expect(events.map(({ kind }) => kind)).toContain('died');
    expect(await client.ensure(endless, ENSURE)).not.toBe(before);
  });

  it('unloads on request', async () => {
    await client.ensure(ECHO, ENSURE);
    await client.unload(ECHO.name, { deadlineMs: 10_000 });
    expect(events.at(-1)?.kind).toBe('unloaded');
  });
});
