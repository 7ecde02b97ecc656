import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyTensor, Picture, Tensor } from '@medserve/clinical';
import type { ServingError } from '@medserve/errors';
import type { DispatchResult } from '@medserve/rpc';
import { firstRowOnnx, identityOnnx, tableOnnx, workingOnnx, writeModelPackage, writeOnnx } from '@medserve/testkit';
import { TestHost } from './testing/test-host';

jest.setTimeout(60_000);

/** A window that is longer than any test: what runs, runs because the batch is full. */
const batching = (maxRows: number, maxDelayMs = 0): string =>
  `batching: { maxRows: ${String(maxRows)}, maxDelayMs: ${String(maxDelayMs)} }`;
const WHEN_FULL = 10_000;

/** Rounds of the working model that take some hundred milliseconds. */
const LONG = 40_000;

/** Rows of `x`, all of one length. */
const rows = (...values: readonly (readonly number[])[]): Tensor[] => [
  {
    name: 'x',
    datatype: 'FP32',
    shape: [values.length, values[0]?.length ?? 0],
    data: Float32Array.from(values.flat()),
  },
];
const numbers = ({ tensors }: DispatchResult, index = 0): number[] => Array.from(tensors?.[index]?.data ?? [], Number);
const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('batching in a model host', () => {
  let repository: string;
  const hosts: TestHost[] = [];

  beforeAll(async () => (repository = await mkdtemp(join(tmpdir(), 'medserve-host-'))));
  afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));
  afterAll(() => rm(repository, { recursive: true }));

  let packages = 0;
  const launch = async (onnx: Buffer, lines: string[], options?: Parameters<typeof TestHost.launch>[1]) => {
    packages += 1;
    const folder = await writeModelPackage(repository, { name: `model-${String(packages)}`, onnx, lines });
    const host = await TestHost.launch(folder, options);
    hosts.push(host);
    return host;
  };

  it('runs what waits while the model works as one batch, and gives every caller its own rows', async () => {
    const host = await launch(workingOnnx(), [batching(8)]);
    const { answer } = await host.begin(rows([LONG, 0]));
    const waiting = times(4).map((index) => host.ask(rows([index, 0], [index, 1]).slice(0, 1)));
    const results = await Promise.all(waiting);
    expect(results.map((result) => numbers(result))).toEqual(times(4).map((index) => [2 * index, 0, 2 * index, 2]));
    expect(results.map(({ batch }) => batch)).toEqual(
      times(4).map((index) => ({ rows: 2, batchRows: 8, leads: index === 0 })),
    );
    expect((await answer).batch).toEqual({ rows: 1, batchRows: 1, leads: true });
    expect(new Set(results.map(({ timings }) => timings['run'])).size).toBe(1);
  });

  it('answers large requests with their own numbers, alone and together, though their memory is used again at once', async () => {
    const host = await launch(identityOnnx('FP32', ['n', 'm']), [batching(2)]);
    const large = (value: number): Tensor[] => [
      { name: 'x', datatype: 'FP32', shape: [1, 1 << 18], data: new Float32Array(1 << 18).fill(value) },
    ];
    const kinds = async (values: readonly number[]): Promise<number[]> => {
      const results = await Promise.all(values.map((value) => host.ask(large(value))));
      return results.flatMap((result) => [...new Set(numbers(result))]);
    };
    for (const value of times(4)) expect(await kinds([value])).toEqual([value]);
    expect(await kinds(times(6))).toEqual(times(6));
  });

  it('does not run different shapes, or different wanted outputs, together', async () => {
    const host = await launch(workingOnnx(), [batching(2, WHEN_FULL)]);
    const results = await Promise.all([
      host.ask(rows([1, 2])),
      host.ask(rows([1, 2, 3])),
      host.ask(rows([5, 6])),
      host.ask(rows([7, 8, 9])),
      host.ask(rows([3, 4]), { outputs: ['square'] }),
      host.ask(rows([4, 5]), { outputs: ['square'] }),
    ]);
    expect(results.map((result) => [result.batch.batchRows, ...numbers(result)])).toEqual([
      [2, 2, 4],
      [2, 2, 4, 6],
      [2, 10, 12],
      [2, 14, 16, 18],
      [2, 9, 16],
      [2, 16, 25],
    ]);
  });

  it('gives the wanted outputs in the order in which they were asked for, and refuses others for that caller alone', async () => {
    const host = await launch(workingOnnx(), [batching(4)]);
    const both = await host.ask(rows([3]), { outputs: ['square', 'double'] });
    expect(both.tensors?.map(({ name }) => name)).toEqual(['square', 'double']);
    await expect(host.ask(rows([3]), { outputs: ['cube'] })).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'outputs.name',
      limit: 'outputs of the model: double, square',
    });
    await expect(host.ask(rows([3]), { outputs: ['double', 'double'] })).rejects.toMatchObject({
      field: 'outputs.name',
    });
  });

  it('refuses a request with more rows than run together, naming the limit', async () => {
    const host = await launch(workingOnnx(), [batching(2)]);
    await expect(host.ask(rows([1], [2], [3]))).rejects.toMatchObject({ reason: 'invalid_request', limit: 'rows: 2' });
    await expect(host.ask([])).rejects.toMatchObject({ reason: 'invalid_request' });
  });

  it('fails the poisoned request of a batch alone', async () => {
    const host = await launch(tableOnnx(), [batching(8, WHEN_FULL)]);
    const place = (index: number): AnyTensor[] => [
      { name: 'x', datatype: 'INT64', shape: [1, 1], data: BigInt64Array.of(BigInt(index)) },
    ];
    const results = await Promise.allSettled([0, 1, 2, 99, 3, 0, 1, 2].map((index) => host.ask(place(index))));
    expect(results.map((result) => (result.status === 'fulfilled' ? numbers(result.value)[0] : 'failed'))).toEqual([
      10,
      11,
      12,
      'failed',
      13,
      10,
      11,
      12,
    ]);
    expect(results[3]).toMatchObject({ reason: { reason: 'inference_failed' } });
    const { counts } = await host.report(({ inFlight }) => inFlight === 0);
    expect(counts).toMatchObject({ rows: 8, bisected: 1 });
    // Of four, of two and of one.
    expect(counts.runs).toBe(3);
  });

  it('runs one by one from then on what turns out to have no batch axis', async () => {
    const host = await launch(firstRowOnnx(), [batching(2, WHEN_FULL)]);
    const ask = () => Promise.all([host.ask(rows([1, 2])), host.ask(rows([5, 6]))]);
    const first = await ask();
    expect(first.map((result) => [result.batch.batchRows, ...numbers(result)])).toEqual([
      [1, 1, 2],
      [1, 5, 6],
    ]);
    expect((await ask()).map((result) => numbers(result))).toEqual([
      [1, 2],
      [5, 6],
    ]);
    const { notBatchable, counts } = await host.report(({ inFlight }) => inFlight === 0);
    expect([notBatchable, counts.runs]).toEqual([true, 5]);
  });

  it.each<[string, AnyTensor[]]>([
    ['texts', ['a', 'ü€', ''].map((text) => ({ name: 'x', datatype: 'BYTES', shape: [1, 1], data: [text] }))],
    [
      'half floats',
      [0x3c00, 0x7e01, 0].map((bits) => ({ name: 'x', datatype: 'FP16', shape: [1, 1], data: Uint16Array.of(bits) })),
    ],
    ['bytes', [1, 2, 255].map((byte) => ({ name: 'x', datatype: 'UINT8', shape: [1, 1], data: Uint8Array.of(byte) }))],
  ])('puts %s together and takes them apart, bit by bit', async (_, tensors) => {
    const type = tensors[0]?.datatype as 'BYTES';
    const host = await launch(identityOnnx(type, ['batch', 'n']), [batching(3, WHEN_FULL)]);
    const results = await Promise.all(tensors.map((tensor) => host.ask([tensor])));
    expect(results.map((result) => result.batch.batchRows)).toEqual([3, 3, 3]);
    expect(results.map((result) => result.tensors?.[0]?.data)).toEqual(tensors.map(({ data }) => data));
  });

  it('lets stat overtake what waits, and makes room for it in a full queue', async () => {
    const host = await launch(workingOnnx(), ['batching: { maxRows: 0 }'], { maxQueue: 2 });
    const { answer } = await host.begin(rows([LONG]));
    const order: string[] = [];
    const ask = (name: string, change: Parameters<TestHost['ask']>[1]) =>
      host.ask(rows([1]), change).then(
        () => order.push(name),
        (error: unknown) => order.push(`${name} ${(error as ServingError).reason}`),
      );
    const asked = [ask('routine', {}), ask('research', { class: 'research' }), ask('stat', { class: 'stat' })];
    await Promise.all([answer, ...asked]);
    expect(order).toEqual(['research overloaded', 'stat', 'routine']);
  });

  it('frees the place of a caller who leaves, and never runs the request', async () => {
    const host = await launch(workingOnnx(), [batching(4)], { maxQueue: 1 });
    const { answer } = await host.begin(rows([LONG]));
    const leaving = new AbortController();
    const left = host.ask(rows([1]), { signal: leaving.signal });
    await expect(host.ask(rows([2]))).rejects.toMatchObject({
      reason: 'overloaded',
      limit: 'requests waiting for one model: 1',
    });
    leaving.abort();
    await expect(left).rejects.toMatchObject({ reason: 'cancelled' });
    const next = await host.ask(rows([3]));
    await answer;
    expect(next.batch.batchRows).toBe(1);
    const { counts } = await host.report(({ inFlight }) => inFlight === 0);
    expect(counts).toMatchObject({ runs: 2, rows: 2 });
  });

  it('never runs what waited longer than its deadline', async () => {
    const host = await launch(workingOnnx(), [batching(4)]);
    const { answer } = await host.begin(rows([LONG]));
    await expect(host.ask(rows([1]), { deadlineMs: 5 })).rejects.toMatchObject({ reason: 'deadline_exceeded' });
    await answer;
    const { counts } = await host.report(({ inFlight }) => inFlight === 0);
    expect(counts.rows).toBe(1);
  });

  it('tells for how long a run has been going on for nobody', async () => {
    const host = await launch(workingOnnx(), [batching(4)]);
    const leaving = new AbortController();
    const { answer } = await host.begin(rows([20 * LONG]), { signal: leaving.signal });
    leaving.abort();
    await expect(answer).rejects.toMatchObject({ reason: 'cancelled' });
    const { running, abandonedForMs } = await host.report((figures) => figures.abandonedForMs !== undefined);
    expect(running?.forMs).toBeGreaterThan(abandonedForMs ?? Number.POSITIVE_INFINITY);
  });

  it('runs as many batches at once as it has instances', async () => {
    const host = await launch(workingOnnx(), [batching(1), 'instances: 2']);
    await host.report(({ instances }) => instances === 2);
    const order: string[] = [];
    const ask = (name: string) =>
      host
        .ask(rows([LONG]), { onPhase: (phase) => phase === 'running' && order.push(`${name} runs`) })
        .then(() => order.push(`${name} is done`));
    await Promise.all([ask('one'), ask('other')]);
    expect(order.slice(0, 2).sort()).toEqual(['one runs', 'other runs']);
  });

  it('says that it serves when the model has run once, where that is asked for', async () => {
    const host = await launch(workingOnnx(), [batching(4)], { warm: true });
    expect(host.serving.loadedInMs).toBeGreaterThan(0);
    expect(numbers(await host.ask(rows([1])))).toEqual([2]);
  });

  it('finishes what it has before it ends', async () => {
    const host = await launch(workingOnnx(), ['batching: { maxRows: 0 }']);
    const { answer } = await host.begin(rows([8 * LONG]));
    const waiting = host.ask(rows([1]));
    await host.report(({ queued }) => queued === 1);
    await host.drain();
    await expect(Promise.all([answer, waiting])).resolves.toHaveLength(2);
  });

  it('hands back what waits where another host takes over', async () => {
    const host = await launch(workingOnnx(), ['batching: { maxRows: 0 }']);
    const { answer } = await host.begin(rows([8 * LONG]));
    const waiting = host.ask(rows([1]));
    waiting.catch(() => undefined);
    await host.report(({ queued }) => queued === 1);
    await host.drain(true);
    await expect(waiting).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(answer).resolves.toBeDefined();
  });

  it('runs images of different sizes apart, reads each its own answer, and fails alone the one that gives no numbers', async () => {
    const host = await launch(brightnessOnnx(), [...BRIGHTNESS_LINES, batching(6, WHEN_FULL)]);
    const picture = (value: number, width: number): Picture => ({
      kind: 'picture',
      width,
      height: 1,
      channels: 1,
      sampleType: 'uint8',
      samples: new Uint8Array(width).fill(value),
    });
    const results = await Promise.allSettled(
      [picture(204, 2), picture(255, 3), picture(51, 2), picture(102, 3), picture(0, 2), picture(51, 2)].map(
        (decoded) => host.ask([], { input: { kind: 'decoded', decoded } }),
      ),
    );
    const said = results.map((result) => {
      if (result.status === 'rejected') return (result.reason as ServingError).message;
      const { batch, finding } = result.value;
      const score =
        finding?.answer.kind === 'classification' && finding.answer.labels.find(({ code }) => code === 'mean')?.score;
      return [batch.batchRows, batch.leads, Math.round(1_000 * Number(score))];
    });
    const sigmoid = (value: number): number => Math.round(1_000 / (1 + Math.exp(-value)));
    expect(said).toEqual([
      [4, true, sigmoid(0.8)],
      [2, true, sigmoid(1)],
      [4, false, sigmoid(0.2)],
      [2, false, sigmoid(0.4)],
      'The model gave numbers that are none (NaN).',
      [4, false, sigmoid(0.2)],
    ]);
  });
});

/** Mean brightness of pictures, between 0 and 1, and how many times that the brightest pixel has: NaN where all are black. */
const brightnessOnnx = () =>
  writeOnnx({
    inputs: [{ name: 'image', type: 'UINT8', shape: ['batch', 'h', 'w', 1] }],
    outputs: [{ name: 'scores', type: 'FP32', shape: ['batch', 2] }],
    nodes: [
      { op: 'Cast', inputs: ['image'], outputs: ['float'], attributes: { to: 1 } },
      { op: 'Div', inputs: ['float', 'white'], outputs: ['grey'] },
      { op: 'ReduceMean', inputs: ['grey'], outputs: ['mean'], attributes: { axes: [1, 2, 3] } },
      { op: 'ReduceMax', inputs: ['grey'], outputs: ['max'], attributes: { axes: [1, 2, 3] } },
      { op: 'Div', inputs: ['max', 'mean'], outputs: ['contrast'] },
      { op: 'Concat', inputs: ['mean', 'contrast'], outputs: ['both'], attributes: { axis: 1 } },
      { op: 'Flatten', inputs: ['both'], outputs: ['scores'] },
    ],
    weights: [{ name: 'white', shape: [], values: Float32Array.of(255) }],
  });
const BRIGHTNESS_LINES = [
  'serves: [{ task: classify, modality: radiology, default: true }]',
  'inputs: [{ tensor: image, recipe: [{ step: layout, order: nhwc, as: uint8 }] }]',
  'read: { reader: classification, parameters: { heads: [{ output: scores, about: brightness, activation: sigmoid,',
  '  labels: [{ code: mean, display: Mean }, { code: contrast, display: Contrast }] }] } }',
];
