import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOnnx, mlpOnnx, writeModelPackage, writeTritonModel } from '@medserve/testkit';
import { onnxEngine } from '../onnx/onnx-engine';
import { loadSpecOf } from '../packages/load-spec-of';
import { scanRepository } from '../repository/scan-repository';
import { compareVersions } from './compare-versions';
import { publish, type PublishOrder } from './publish';

let home: string;
let repository: string;
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'medserve-publish-')));
  repository = join(home, 'models');
});
afterEach(() => rm(home, { recursive: true }));

const SMALL = mlpOnnx(1, 64);

const order = (source: string, change: Partial<PublishOrder> = {}): PublishOrder => ({
  source,
  repository,
  words: {},
  withOptimised: true,
  withProfile: false,
  ...change,
});

async function onnxFile(name: string, bytes = SMALL): Promise<string> {
  await writeFile(join(home, name), bytes);
  return join(home, name);
}

describe('publishing', () => {
  it('makes a package of an .onnx file, which is optimised for this machine and serves', async () => {
    const { modelPackage } = await publish(
      order(await onnxFile('My_Net.onnx'), { words: { licence: 'MIT', title: 'Mine' } }),
    );
    expect(modelPackage.manifest).toMatchObject({ name: 'my-net', version: '1', title: 'Mine', licence: 'MIT' });
    const { packages, broken } = await scanRepository(repository);
    expect(broken).toEqual([]);
    expect(packages).toEqual([modelPackage]);
    expect(modelPackage.optimisedFile).toMatch(/^optimised-.*\.onnx$/);
    const session = await onnxEngine.load(loadSpecOf(modelPackage), new AbortController().signal);
    expect(session.inputs).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1, 64] }]);
    await session.close();
  });

  it('gives the same numbers optimised as plain', async () => {
    await publish(order(await onnxFile('net.onnx'), { withOptimised: false }));
    await publish(order(await onnxFile('net.onnx')));
    const { outputs, inputs } = await compareVersions({ repository, name: 'net', version: '2', with: '1' });
    expect(inputs).toBe('random');
    expect(outputs).toMatchObject([{ name: 'y', elements: 16 * 64, top1Agreement: 1 }]);
    expect(outputs[0]?.maxAbsDifference).toBeLessThan(1e-5);
    const written = await readFile(join(repository, 'net', '2', 'parity-with-1.json'), 'utf8');
    expect(JSON.parse(written)).toMatchObject({ model: 'net', comparedWith: '1', outputs });
  });

  it('falls back to the plain file when the optimised one cannot be loaded', async () => {
    const { modelPackage } = await publish(order(await onnxFile('net.onnx')));
    await writeFile(join(modelPackage.folder, modelPackage.optimisedFile ?? ''), 'damaged');
    const session = await onnxEngine.load(loadSpecOf(modelPackage), new AbortController().signal);
    expect(session.outputs).toMatchObject([{ name: 'y' }]);
    await session.close();
  });

  it('measures how many rows are worth a batch, and writes it down', async () => {
    const { modelPackage, profile } = await publish(order(await onnxFile('net.onnx'), { withProfile: true }));
    expect(profile.map(({ rows }) => rows)).toEqual([1, 2, 4, 8, 16, 32]);
    expect(modelPackage.manifest.profile).toEqual(profile);
    expect(modelPackage.manifest.batching).toMatchObject({ maxRows: 64 });
  });

  it('says why nothing was measured', async () => {
    const unmeasured = async (name: string, bytes: Buffer) =>
      (await publish(order(await onnxFile(name, bytes), { withProfile: true }))).unmeasured;
    expect(await unmeasured('a.onnx', identityOnnx())).toMatch('no batch axis');
    expect(await unmeasured('b.onnx', identityOnnx('FP32', ['n', 'any']))).toMatch('any size');
    // Slices of a volume, as like as not.
    expect(await unmeasured('c.onnx', identityOnnx('FP32', ['s', 8, 8]))).toMatch('nothing says');
  });

  it('takes a model from Triton’s layout, with what its configuration says', async () => {
    const folder = await writeTritonModel(home, {
      name: 'chest_xray',
      versions: { '1': SMALL, '3': SMALL },
      config:
        'max_batch_size: 8 dynamic_batching { max_queue_delay_microseconds: 500 } output { name: "y" label_filename: "l" }',
      files: { l: 'lung\nheart\n' },
    });
    const { modelPackage } = await publish(order(folder));
    expect(modelPackage.manifest).toMatchObject({
      name: 'chest-xray',
      version: '3',
      batching: { maxRows: 8, maxDelayMs: 0.5 },
      labels: { y: ['lung', 'heart'] },
    });
  });

  it('takes a package, with its comments and what a person wrote, and makes anew what was measured', async () => {
    const source = await writeModelPackage(home, {
      name: 'net',
      onnx: SMALL,
      lines: ['# Made in spring.', 'threads: 2'],
    });
    await writeFile(join(source, 'card.md'), 'A card.');
    const { modelPackage } = await publish(order(source));
    const text = await readFile(join(modelPackage.folder, 'model.yaml'), 'utf8');
    expect(text).toContain('# Made in spring.');
    expect(modelPackage.manifest).toMatchObject({ name: 'net', version: '1', threads: 2, intendedUse: 'Tests.' });
    const again = await publish(order(modelPackage.folder, { version: '2' }));
    expect(again.modelPackage.manifest.optimised).toHaveLength(1);
    expect(again.modelPackage.manifest.files.map(({ path }) => path)).toContain('card.md');
    expect(again.modelPackage.manifest.files).toHaveLength(modelPackage.manifest.files.length);
  });

  it('never changes a version that is there, and says which is free', async () => {
    const source = await writeModelPackage(home, { name: 'net', onnx: SMALL });
    await publish(order(source));
    await expect(publish(order(source))).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'version',
      remedy: expect.stringContaining('--version 2') as string,
    });
  });

  it.each([
    ['a name that leads elsewhere', { name: '../x' }],
    ['a version that is none', { version: '../1' }],
  ])('refuses %s', async (_, change) => {
    await expect(publish(order(await onnxFile('net.onnx'), change))).rejects.toMatchObject({
      reason: 'invalid_request',
    });
  });

  it('leaves nothing behind when the model is broken', async () => {
    await mkdir(repository);
    await expect(publish(order(await onnxFile('net.onnx', Buffer.from('nothing'))))).rejects.toMatchObject({
      reason: 'model_broken',
    });
    const strange = identityOnnx('FP32', [4]);
    // Well formed as a description, but no model that could be loaded: the graph's name of its output is cut.
    strange[strange.lastIndexOf(Buffer.from('y'))] = 'z'.charCodeAt(0);
    await expect(publish(order(await onnxFile('net.onnx', strange)))).rejects.toMatchObject({ reason: 'model_broken' });
    expect(await readdir(repository)).toEqual([]);
  });
});
