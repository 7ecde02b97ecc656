import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@medserve/clinical';
import { writeOnnx } from '@medserve/testkit';
import { SENT_ALONG } from '../settings';
import { ENSURE, TestPod } from './testing/test-pod';

jest.setTimeout(120_000);

/** `y` is `x` plus a number: which one tells which files a request was answered with. */
const plusOnnx = (addend: number): Buffer =>
  writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['n', 2] }],
    outputs: [{ name: 'y', type: 'FP32', shape: ['n', 2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'addend'], outputs: ['y'] }],
    weights: [{ name: 'addend', shape: [], values: Float32Array.of(addend) }],
  });

const rows = (...values: number[]): Tensor[] => [
  { name: 'x', datatype: 'FP32', shape: [values.length / 2, 2], data: Float32Array.from(values) },
];

const configOf = (more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    backend: 'onnxruntime',
    max_batch_size: 4,
    input: [{ name: 'x', data_type: 'TYPE_FP32', dims: [2] }],
    output: [{ name: 'y', data_type: 'TYPE_FP32', dims: [2] }],
    ...more,
  });

const LOAD = { deadlineMs: 100_000 };
const RELOADS = 5;

describe('the life of models in a pod', () => {
  let pod: TestPod;
  const write = async (repository: string, name: string, version: string, addend: number): Promise<void> => {
    const folder = join(repository, name, version);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'model.onnx'), plusOnnx(addend));
  };

  beforeAll(async () => {
    pod = await TestPod.start(async (repository) => {
      for (const name of ['busy', 'wish', 'gone', 'grown']) await write(repository, name, '1', 1);
    });
  });
  afterAll(() => pod.close());

  const answer = async (name: string, version = '1'): Promise<number[]> => {
    const { tensors } = await pod.serve({ name, version }, rows(0, 0));
    return [...((tensors?.[0]?.data ?? []) as Float32Array)];
  };
  const entryOf = async (name: string, version = '1') =>
    (await pod.catalogue()).find((entry) => entry.name === name && entry.version === version);

  it('reloads under requests without failing one, and answers with the new files from then on', async () => {
    await answer('busy');
    let done = false;
    const answers: number[] = [];
    const caller = async (): Promise<void> => {
      while (!done) answers.push((await answer('busy'))[0] ?? NaN);
    };
    const callers = [caller(), caller(), caller()];
    for (let addend = 2; addend < 2 + RELOADS; addend += 1) {
      await write(pod.repository, 'busy', '1', addend);
      await pod.client.load({ name: 'busy' }, LOAD);
      expect(await answer('busy')).toEqual([addend, addend]);
    }
    done = true;
    await Promise.all(callers);
    expect(new Set(answers).size).toBeGreaterThanOrEqual(RELOADS);
    expect(answers.every((value) => Number.isInteger(value))).toBe(true);
    expect(pod.kinds().filter((kind) => kind === 'replaced')).toHaveLength(RELOADS);
  });

  it('serves a version that came by the version policy: the newest takes the place of the one before', async () => {
    expect(await answer('grown')).toEqual([1, 1]);
    await write(pod.repository, 'grown', '2', 7);
    await pod.client.load({ name: 'grown' }, LOAD);
    expect(await answer('grown', '2')).toEqual([7, 7]);
    await expect(pod.client.ensure({ name: 'grown', version: '1' }, ENSURE)).rejects.toMatchObject({
      reason: 'model_not_found',
    });
  });

  it('serves another configuration until it is loaded without one', async () => {
    const before = await entryOf('wish');
    await pod.client.load({ name: 'wish', configJson: configOf({ max_batch_size: 2 }) }, LOAD);
    expect(await entryOf('wish')).toMatchObject({ maxBatchSize: 2, state: 'ready' });
    const three = pod.serve({ name: 'wish', version: '1' }, rows(0, 0, 0, 0, 0, 0));
    await expect(three).rejects.toMatchObject({ reason: 'invalid_request' });
    await pod.client.load({ name: 'wish' }, LOAD);
    expect((await entryOf('wish'))?.maxBatchSize).toBe(before?.maxBatchSize);
  });

  it('refuses a configuration that is none, and goes on serving as before', async () => {
    const before = await answer('wish');
    const loading = pod.client.load({ name: 'wish', configJson: '{"max_batch_size": "many"' }, LOAD);
    await expect(loading).rejects.toMatchObject({ reason: 'invalid_request' });
    expect(await answer('wish')).toEqual(before);
  });

  it('unloads until it is loaded again', async () => {
    await answer('gone');
    await pod.client.unload('gone', LOAD);
    await expect(answer('gone')).rejects.toMatchObject({ reason: 'model_unloaded' });
    expect(await entryOf('gone')).toMatchObject({ state: 'unloaded' });
    await pod.client.load({ name: 'gone' }, LOAD);
    expect(await answer('gone')).toEqual([1, 1]);
  });

  describe('with files that are sent along', () => {
    const files = { '1/model.onnx': plusOnnx(40) };

    it('serves a model that no repository has, names it in no metric, and keeps its name when it is unloaded', async () => {
      await pod.client.load({ name: 'sent', configJson: configOf(), files }, LOAD);
      expect(await answer('sent')).toEqual([40, 40]);
      expect(pod.events.filter(({ model }) => model === 'sent')).toEqual([]);
      expect(pod.events.some(({ model }) => model === SENT_ALONG)).toBe(true);
      await pod.client.unload('sent', LOAD);
      expect(await entryOf('sent')).toMatchObject({ state: 'unloaded' });
      await expect(pod.client.load({ name: 'sent' }, LOAD)).rejects.toMatchObject({ reason: 'model_not_found' });
    });

    it('leaves nothing of them on the disk', async () => {
      const scratch = async (): Promise<string[]> => {
        const pods = (await readdir(tmpdir())).filter((name) => name.startsWith('medserve-pod-'));
        const inside = await Promise.all(pods.map((name) => readdir(join(tmpdir(), name)).catch(() => [])));
        return inside.flat().filter((name) => name.startsWith('sent-'));
      };
      await pod.client.load({ name: 'brief', configJson: configOf(), files }, LOAD);
      expect(await scratch()).not.toEqual([]);
      await pod.client.unload('brief', LOAD);
      expect(await scratch()).toEqual([]);
    });

    it('puts them in the place of a repository’s until it is loaded without', async () => {
      await pod.client.load({ name: 'gone', configJson: configOf(), files }, LOAD);
      expect(await answer('gone')).toEqual([40, 40]);
      await pod.client.load({ name: 'gone' }, LOAD);
      expect(await answer('gone')).toEqual([1, 1]);
    });

    it.each(['1/../../../escape.onnx', '/etc/passwd', '1/a/b.onnx', 'model.onnx', '1/.hidden', '0/model.onnx', '1/'])(
      'refuses a file %j, naming its parameter and the rule',
      async (path) => {
        const loading = pod.client.load({ name: 'bad', configJson: configOf(), files: { [path]: plusOnnx(1) } }, LOAD);
        await expect(loading).rejects.toMatchObject({
          reason: 'invalid_request',
          field: `file:${path}`,
          message: expect.stringContaining('<version>/<file>') as string,
        });
      },
    );

    it('refuses files without a configuration, too many of them, and a name that is no folder’s', async () => {
      await expect(pod.client.load({ name: 'bad', files }, LOAD)).rejects.toMatchObject({
        reason: 'invalid_request',
        field: 'config',
      });
      const many = Object.fromEntries(
        Array.from({ length: 65 }, (_, index) => [`1/${String(index)}`, new Uint8Array(1)]),
      );
      await expect(pod.client.load({ name: 'bad', configJson: configOf(), files: many }, LOAD)).rejects.toMatchObject({
        reason: 'invalid_request',
        limit: 'files: 64',
      });
      await expect(pod.client.load({ name: '../bad', configJson: configOf(), files }, LOAD)).rejects.toMatchObject({
        reason: 'invalid_request',
        field: 'model',
      });
    });

    it('refuses what is no model, with the name, and shows nothing of it', async () => {
      const rubbish = { '1/model.onnx': Buffer.from('rubbish') };
      const loading = pod.client.load({ name: 'rubbish', configJson: configOf(), files: rubbish }, LOAD);
      await expect(loading).rejects.toMatchObject({
        reason: 'invalid_request',
        message: expect.stringContaining('rubbish') as string,
      });
      expect(await entryOf('rubbish')).toBeUndefined();
    });
  });
});
