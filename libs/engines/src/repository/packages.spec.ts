import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOnnx, writeOnnx, type Dimension } from '@medserve/testkit';
import { cpuKey } from '../cpu-key';
import { checkUntouched, loadPackage } from './load-package';
import type { KnownPackage } from '../packages/model-package';
import { scanRepository } from './scan-repository';

const hex = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const MODEL = identityOnnx();

const linesOf = (lines: Record<string, string> = {}) => ({
  format: 'medserve.model/1',
  name: 'echo',
  version: "'1'",
  title: 'Gives back what it gets',
  engine: 'onnx',
  serves: '[{ task: embed, modality: radiology, default: true }]',
  inputs: '[{ tensor: x, recipe: [{ step: layout, order: nhwc, as: uint8 }] }]',
  read: '{ reader: classification }',
  intendedUse: 'Tests.',
  notFor: 'Patients.',
  licence: 'Apache-2.0',
  files: `[{ path: model.onnx, sha256: ${hex(MODEL)} }]`,
  ...lines,
});

const text = (lines: Record<string, string>) =>
  Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

const manifest = (lines: Record<string, string> = {}) => text(linesOf(lines));

let repository: string;
const folder = () => join(repository, 'echo', '1');
beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'medserve-models-'));
  await mkdir(folder(), { recursive: true });
  await writeFile(join(folder(), 'model.yaml'), manifest());
  await writeFile(join(folder(), 'model.onnx'), MODEL);
});
afterEach(() => rm(repository, { recursive: true }));

describe('a model package', () => {
  it('has a digest over its manifest and every listed file', async () => {
    const { digest, manifest: read, modelFile } = await loadPackage({ layout: 'medserve', folder: folder() });
    const lines = [`${hex(MODEL)}  model.onnx\n`, `${hex(manifest())}  model.yaml\n`].sort();
    expect(digest).toBe(`sha256:${hex(lines.join(''))}`);
    expect(modelFile).toBe('model.onnx');
    expect(read).toMatchObject({ threads: 1, scaling: { idleSeconds: 300 } });
  });

  it('is broken when a file was changed', async () => {
    await writeFile(join(folder(), 'model.onnx'), identityOnnx('INT8'));
    await expect(loadPackage({ layout: 'medserve', folder: folder() })).rejects.toMatchObject({
      reason: 'model_broken',
      message: expect.stringContaining('model.onnx') as string,
    });
  });

  it.each([
    ['a path that leads out', { files: `[{ path: ../x, sha256: ${hex(MODEL)} }]` }],
    ['an unknown member', { threds: '2' }],
    ['another version than its folder', { version: "'2'" }],
    ['a version that is a number', { version: '1' }],
  ])('is broken with %s', async (_, lines) => {
    await writeFile(join(folder(), 'model.yaml'), manifest(lines));
    await expect(loadPackage({ layout: 'medserve', folder: folder() })).rejects.toMatchObject({
      reason: 'model_broken',
    });
  });

  it('is broken when a file is a link, symbolic or hard', async () => {
    const outside = join(repository, 'outside.onnx');
    await writeFile(outside, MODEL);
    for (const make of [symlink, link]) {
      await rm(join(folder(), 'model.onnx'));
      await make(outside, join(folder(), 'model.onnx'));
      await expect(loadPackage({ layout: 'medserve', folder: folder() })).rejects.toMatchObject({
        reason: 'model_broken',
      });
    }
  });

  it('is broken when YAML aliases would unfold', async () => {
    await writeFile(join(folder(), 'model.yaml'), `a: &a [1]\nb: *a\n${manifest()}`);
    await expect(loadPackage({ layout: 'medserve', folder: folder() })).rejects.toMatchObject({
      reason: 'model_broken',
    });
  });
});

describe('a package that is known', () => {
  const load = (known?: KnownPackage) => loadPackage({ layout: 'medserve', folder: folder() }, known);

  it('is not hashed again while its files are untouched', async () => {
    const { stamps } = await load();
    expect(await load({ digest: 'sha256:known', stamps })).toMatchObject({ digest: 'sha256:known', stamps });
  });

  it('is not read again at all when it is known whole', async () => {
    const known = await load();
    expect(await load(known)).toBe(known);
  });

  it('is read anew when a file was touched, even to the same bytes', async () => {
    const known = await load();
    await utimes(join(folder(), 'model.onnx'), 1, 1);
    expect(await load({ ...known, digest: 'sha256:known' })).toMatchObject({ digest: known.digest });
    await writeFile(join(folder(), 'model.onnx'), identityOnnx('INT8'));
    await expect(load(known)).rejects.toMatchObject({ reason: 'model_broken' });
  });
});

describe('a file that another of the same size, time and place was copied over', () => {
  const path = () => join(folder(), 'model.onnx');
  async function swap(): Promise<void> {
    await writeFile(path(), Buffer.from(MODEL).fill(0, MODEL.length - 1));
    await utimes(path(), 1, 1);
  }
  const ref = () => ({ layout: 'medserve', folder: folder() }) as const;
  beforeEach(() => utimes(path(), 1, 1));

  it('is not taken for the one that is known', async () => {
    const known = await loadPackage(ref());
    await swap();
    await expect(loadPackage(ref(), known)).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it('is found out by who has loaded it in the meantime', async () => {
    const modelPackage = await loadPackage(ref());
    await expect(checkUntouched(modelPackage)).resolves.toBeUndefined();
    await swap();
    await expect(checkUntouched(modelPackage)).rejects.toMatchObject({
      reason: 'model_broken',
      message: expect.stringContaining('while it was loaded') as string,
    });
  });
});

describe('how a package is served', () => {
  const TENSORS = { serves: '[]', inputs: '[]' };
  const rows = (name: string, size: Dimension = 4) => identityOnnx('FP32', [name, size]);

  async function serving(onnx: Buffer, lines: Record<string, string> = {}) {
    const { read, ...others } = linesOf({
      ...TENSORS,
      files: `[{ path: model.onnx, sha256: ${hex(onnx)} }]`,
      ...lines,
    });
    await writeFile(join(folder(), 'model.onnx'), onnx);
    await writeFile(
      join(folder(), 'model.yaml'),
      lines['read'] === undefined ? text(others) : text({ ...others, read }),
    );
    return (await loadPackage({ layout: 'medserve', folder: folder() })).serving;
  }

  it('puts rows together where the graph calls its first axis a batch', async () => {
    expect(await serving(rows('batch_size'))).toMatchObject({
      maxBatchSize: 64,
      batching: { maxRows: 16, preferredRows: [], maxDelayMs: 0 },
      inputs: [{ shape: [-1, 4] }],
    });
  });

  it.each([
    ['the first axis may be slices of a volume', rows('depth')],
    ['the sizes are free', rows('n', 'width')],
    ['there is one axis only', identityOnnx()],
  ])('keeps requests apart where %s', async (_, onnx) => {
    expect(await serving(onnx)).toMatchObject({ maxBatchSize: 0, batching: undefined });
  });

  it('goes by the order of a recipe’s layout where there is one', async () => {
    const image = (order: string) => ({
      serves: '[{ task: embed, modality: radiology }]',
      inputs: `[{ tensor: x, recipe: [{ step: layout, order: ${order}, as: float32 }] }]`,
      read: '{ reader: classification }',
    });
    expect(await serving(rows('depth'), image('nhwc'))).toMatchObject({ maxBatchSize: 64 });
    expect(await serving(rows('n'), image('hw'))).toMatchObject({ maxBatchSize: 0 });
    expect(await serving(rows(''), image('nhwc'))).toMatchObject({ maxBatchSize: 0 });
  });

  it('keeps requests apart where an output has other rows than the inputs, unless batching says that they are the same', async () => {
    const onnx = writeOnnx({
      inputs: [{ name: 'x', type: 'FP32', shape: ['batch', 4] }],
      outputs: [{ name: 'y', type: 'INT64', shape: ['n', 2] }],
      nodes: [
        { op: 'NonZero', inputs: ['x'], outputs: ['places'] },
        { op: 'Transpose', inputs: ['places'], outputs: ['y'], attributes: { perm: [1, 0] } },
      ],
    });
    expect(await serving(onnx)).toMatchObject({ maxBatchSize: 0, batching: undefined });
    expect(await serving(onnx, { batching: '{ maxRows: 8 }' })).toMatchObject({ batching: { maxRows: 8 } });
  });

  it('goes by its own sections, labels and instances among them', async () => {
    const lines = {
      batching: '{ maxRows: 32, joinedRows: 8, preferredRows: [4, 8], maxDelayMs: 2 }',
      instances: '2',
      labels: '{ y: [lung, heart] }',
    };
    expect(await serving(rows('depth'), lines)).toMatchObject({
      maxBatchSize: 32,
      batching: { maxRows: 8, preferredRows: [4, 8], maxDelayMs: 2 },
      instances: 2,
      labels: { y: ['lung', 'heart'] },
    });
    expect(await serving(rows('n'), { batching: '{ maxRows: 32, joinedRows: 1 }' })).toMatchObject({
      maxBatchSize: 32,
      batching: undefined,
    });
  });

  it.each([
    ['rows that the model has not', identityOnnx('FP32', [1, 4]), { batching: '{ maxRows: 4 }' }],
    ['more together than may run', rows('n'), { batching: '{ maxRows: 4, joinedRows: 8 }' }],
    ['labels of an output that is not there', rows('n'), { labels: '{ z: [lung] }' }],
    ['a member that is not known', rows('n'), { batching: '{ maxRow: 4 }' }],
  ])('breaks with %s', async (_, onnx, lines) => {
    await expect(serving(onnx, lines)).rejects.toMatchObject({ reason: 'model_broken' });
  });
});

describe('a package with further files', () => {
  const WEIGHTS = Buffer.alloc(16);
  const onnx = writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['n'] }],
    outputs: [{ name: 'y', type: 'FP32', shape: ['n'] }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    weights: [{ name: 'w', shape: [4], external: { location: 'weights.bin' } }],
  });
  const listed = (...files: readonly (readonly [string, Buffer])[]) =>
    `[${files.map(([path, bytes]) => `{ path: ${path}, sha256: ${hex(bytes)} }`).join(', ')}]`;
  const load = () => loadPackage({ layout: 'medserve', folder: folder() });

  it('has to list what its model needs', async () => {
    await writeFile(join(folder(), 'weights.bin'), WEIGHTS);
    await writeFile(join(folder(), 'model.onnx'), onnx);
    await writeFile(join(folder(), 'model.yaml'), manifest({ files: listed(['model.onnx', onnx]) }));
    await expect(load()).rejects.toMatchObject({ message: expect.stringContaining('weights.bin') as string });
    const files = listed(['model.onnx', onnx], ['weights.bin', WEIGHTS]);
    await writeFile(join(folder(), 'model.yaml'), manifest({ files }));
    await expect(load()).resolves.toMatchObject({ modelFile: 'model.onnx' });
  });

  it('offers the optimised file that was made for this machine, and no other', async () => {
    await writeFile(join(folder(), 'quick.onnx'), MODEL);
    const files = listed(['model.onnx', MODEL], ['quick.onnx', MODEL]);
    const write = (cpu: string) =>
      writeFile(join(folder(), 'model.yaml'), manifest({ files, optimised: `[{ path: quick.onnx, cpu: ${cpu} }]` }));
    await write(cpuKey());
    expect(await load()).toMatchObject({ modelFile: 'model.onnx', optimisedFile: 'quick.onnx' });
    await write('another-cpu');
    expect((await load()).optimisedFile).toBeUndefined();
  });
});

describe('a repository', () => {
  it('gives the good packages and says what is wrong with the others, without naming paths', async () => {
    await mkdir(join(repository, 'bad'));
    const { packages, broken } = await scanRepository(repository);
    expect(packages.map((entry) => entry.manifest.name)).toEqual(['echo']);
    expect(broken).toEqual([{ name: 'bad', version: '', reason: 'The model has no version that is to be served.' }]);
  });
});
