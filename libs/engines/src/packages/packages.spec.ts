import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOnnx } from '@medserve/testkit';
import { loadPackage } from './load-package';
import { scanRepository } from './scan-repository';

const hex = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const MODEL = identityOnnx();

const manifest = (lines: Record<string, string> = {}) =>
  Object.entries({
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
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

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
    const { digest, manifest: read, modelFile } = await loadPackage(folder());
    const lines = [`${hex(MODEL)}  model.onnx\n`, `${hex(manifest())}  model.yaml\n`].sort();
    expect(digest).toBe(`sha256:${hex(lines.join(''))}`);
    expect(modelFile).toBe('model.onnx');
    expect(read).toMatchObject({ threads: 1, scaling: { idleSeconds: 300 } });
  });

  it('is broken when a file was changed', async () => {
    await writeFile(join(folder(), 'model.onnx'), 'other');
    await expect(loadPackage(folder())).rejects.toMatchObject({
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
    await expect(loadPackage(folder())).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it('is broken when a file is a link, symbolic or hard', async () => {
    const outside = join(repository, 'outside.onnx');
    await writeFile(outside, MODEL);
    for (const make of [symlink, link]) {
      await rm(join(folder(), 'model.onnx'));
      await make(outside, join(folder(), 'model.onnx'));
      await expect(loadPackage(folder())).rejects.toMatchObject({ reason: 'model_broken' });
    }
  });

  it('is broken when YAML aliases would unfold', async () => {
    await writeFile(join(folder(), 'model.yaml'), `a: &a [1]\nb: *a\n${manifest()}`);
    await expect(loadPackage(folder())).rejects.toMatchObject({ reason: 'model_broken' });
  });
});

describe('a repository', () => {
  it('gives the good packages and says what is wrong with the others, without naming paths', async () => {
    await mkdir(join(repository, 'bad', '1'), { recursive: true });
    const { packages, broken } = await scanRepository(repository);
    expect(packages.map((entry) => entry.manifest.name)).toEqual(['echo']);
    expect(broken).toEqual([{ name: 'bad', version: '1', reason: 'The file model.yaml is missing.' }]);
  });
});
