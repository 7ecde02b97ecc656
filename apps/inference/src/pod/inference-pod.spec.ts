import { childrenOf, identityOnnx, niceOfThreads, slowOnnx, writeModelPackage, writeOnnx } from '@medserve/testkit';
import { ENSURE, TestPod, vector } from './testing/test-pod';

jest.setTimeout(120_000);

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
/** A graph that is well formed and that ONNX Runtime refuses: its output is of another type than it says. */
const liarOnnx = () =>
  writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['n'] }],
    outputs: [{ name: 'y', type: 'INT32', shape: ['n'] }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  });

const ECHO = { name: 'echo', version: '1' };
const SLOW = { name: 'slow', version: '1' };

describe('an inference pod', () => {
  let pod: TestPod;

  beforeAll(async () => {
    pod = await TestPod.start(
      async (repository) => {
        await writeModelPackage(repository, { name: 'echo', onnx: identityOnnx() });
        await writeModelPackage(repository, { name: 'slow', onnx: slowOnnx(256, 150) });
        await writeModelPackage(repository, { name: 'damaged', onnx: identityOnnx().subarray(0, 40) });
        await writeModelPackage(repository, { name: 'liar', onnx: liarOnnx() });
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
      },
      { maxQueue: 2, retryPauseMs: 60_000 },
    );
  });
  afterAll(() => pod.close());

  it('lists good packages and says what is wrong with the others', async () => {
    const models = await pod.catalogue();
    expect(Object.fromEntries(models.map(({ name, state }) => [name, state]))).toEqual({
      brightness: 'cold',
      damaged: 'broken',
      echo: 'cold',
      liar: 'cold',
      odd: 'broken',
      recipeless: 'broken',
      slow: 'cold',
    });
    expect(models.find(({ name }) => name === 'odd')?.reason).toContain('engine_');
  });

  it('says what a model takes and gives, and how long it will take to load, while it is cold', async () => {
    const models = await pod.catalogue();
    expect(models.find(({ name }) => name === 'echo')).toMatchObject({
      state: 'cold',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1] }],
      expectedLoadMs: expect.any(Number) as number,
    });
  });

  it('starts one host however many ask, and answers over it with the model’s digest', async () => {
    const addresses = await Promise.all([1, 2, 3].map(() => pod.client.ensure(ECHO, ENSURE)));
    expect(new Set(addresses).size).toBe(1);
    expect(pod.kinds()).toEqual(['started']);
    const echo = await pod.reaches('echo', 'ready');
    const result = await pod.ask(pod.connect(addresses[0] ?? ''), [vector(1, 2)]);
    expect(result).toMatchObject({
      tensors: [{ ...vector(1, 2), name: 'y' }],
      model: { ...ECHO, digest: echo?.digest },
    });
    expect(echo?.residentBytes).toBeGreaterThan(2 ** 20);
  });

  (process.platform === 'linux' ? it : it.skip)(
    'lets a model run where nobody who answers wants the core',
    async () => {
      await pod.client.ensure(ECHO, ENSURE);
      const behind = (pid: number): number => {
        const [own = 0, ...others] = niceOfThreads(pid);
        return others.filter((nice) => nice > own).length;
      };
      expect(Math.max(...childrenOf(process.pid).map(behind))).toBeGreaterThan(0);
    },
  );

  it('takes an image through recipe, model and reader to a finding', async () => {
    const stream = pod.connect(await pod.client.ensure({ name: 'brightness', version: '1' }, ENSURE));
    const picture = (width: number) =>
      ({
        kind: 'picture',
        width,
        height: 2,
        channels: 1,
        sampleType: 'uint8',
        samples: new Uint8Array(2 * width).fill(255),
      }) as const;
    const result = await pod.ask(stream, [], { input: { kind: 'decoded', decoded: picture(2) } });
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
    expect(Object.keys(result.timings)).toEqual(['queue', 'preprocess', 'run', 'read']);
    const large = pod.ask(stream, [], { input: { kind: 'decoded', decoded: picture(3) } });
    await expect(large).rejects.toMatchObject({ reason: 'too_large', limit: 'pixels: 4' });
  });

  it('refuses tensors that the model does not take, and an image for a model that takes tensors only', async () => {
    const stream = pod.connect(await pod.client.ensure(ECHO, ENSURE));
    await expect(pod.ask(stream, [{ ...vector(1), name: 'z' }])).rejects.toMatchObject({ reason: 'invalid_request' });
    const decoded = {
      kind: 'picture',
      width: 1,
      height: 1,
      channels: 1,
      sampleType: 'uint8',
      samples: Uint8Array.of(1),
    } as const;
    await expect(pod.ask(stream, [], { input: { kind: 'decoded', decoded } })).rejects.toMatchObject({
      reason: 'task_not_available',
    });
  });

  it('knows no other models, and says of one that cannot be loaded that it is broken, for a while', async () => {
    await expect(pod.client.ensure({ name: 'nope', version: '1' }, ENSURE)).rejects.toMatchObject({
      reason: 'model_not_found',
    });
    const before = pod.kinds().length;
    for (const name of ['damaged', 'odd', 'liar', 'liar']) {
      await expect(pod.client.ensure({ name, version: '1' }, ENSURE)).rejects.toMatchObject({ reason: 'model_broken' });
    }
    expect(pod.kinds().slice(before)).toEqual(['failed']);
    expect((await pod.reaches('liar', 'broken'))?.reason).toContain('ONNX Runtime');
  });

  it('refuses what does not fit into the queue, and gives a cancelled request’s place to the next', async () => {
    const stream = pod.connect(await pod.client.ensure(SLOW, ENSURE));
    const running = pod.ask(stream, [vector(1)]);
    const leaving = new AbortController();
    const left = pod.ask(stream, [vector(1)], { signal: leaving.signal });
    const waiting = pod.ask(stream, [vector(1)]);
    await expect(pod.ask(stream, [vector(1)])).rejects.toMatchObject({ reason: 'overloaded' });
    leaving.abort();
    await expect(left).rejects.toMatchObject({ reason: 'cancelled' });
    const next = pod.ask(stream, [vector(1)]);
    await expect(Promise.all([running, waiting, next])).resolves.toHaveLength(3);
  });

  it('drops what waited longer than its deadline', async () => {
    const stream = pod.connect(await pod.client.ensure(SLOW, ENSURE));
    const running = pod.ask(stream, [vector(1)]);
    const late = pod.ask(stream, [vector(1)], { deadlineMs: 5 }).catch((error: unknown) => error);
    expect(['deadline_exceeded', 'overloaded']).toContain(((await late) as { reason: string }).reason);
    await running;
  });
});
