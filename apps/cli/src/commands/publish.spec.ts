import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mlpOnnx } from '@medserve/testkit';
import { program } from '../program';

let home: string;
let said: string[];
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'medserve-cli-publish-')));
  await writeFile(join(home, 'net.onnx'), mlpOnnx(1, 64));
  said = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(home, { recursive: true });
});

const publish = async (...flags: string[]) =>
  (await program('models')).parseAsync([
    ...['node', 'medserve', 'models', 'publish', join(home, 'net.onnx')],
    ...['--into', join(home, 'models'), ...flags],
  ]);

describe('medserve models publish', () => {
  it('tells a person what it found and made', async () => {
    await publish('--no-profile', '--no-optimise');
    const text = said.join('');
    expect(text).toContain('net:1 is published');
    expect(text).toContain('x FP32 [?, 64]');
    expect(text).toContain('not measured: not asked for');
    expect(text).toContain('say it in model.yaml');
  });

  it('says at the end that a model without a recipe takes tensors only, and what to do about it', async () => {
    await publish('--no-profile', '--no-optimise');
    const text = said.join('');
    expect(text).toMatch(
      /takes tensors only: ask it with POST \/v2\/models\/net\/infer[^]*serves, inputs and read[^]*--version\.\n$/,
    );
    said = [];
    const source = join(__dirname, '../../../../models/ct-tissue/1');
    const command = ['node', 'medserve', 'models', 'publish', source, '--into', join(home, 'models')];
    await (await program('models')).parseAsync([...command, '--no-profile', '--no-optimise']);
    expect(said.join('')).not.toContain('tensors only');
  });

  it('tells a program the same, with the parity of two versions', async () => {
    await publish('--no-profile');
    said = [];
    await publish('--no-profile', '--no-optimise', '--version', '2', '--compare', '1', '--json');
    expect(JSON.parse(said.join(''))).toMatchObject({
      name: 'net',
      version: '2',
      maxRows: 64,
      parity: { comparedWith: '1', inputs: 'random', outputs: [{ name: 'y' }] },
    });
  });

  it('says what to do when a version is taken, and when a model is broken', async () => {
    await publish('--no-profile', '--version', '1');
    await expect(publish('--no-profile', '--version', '1')).rejects.toThrow('--version 2');
    await writeFile(join(home, 'net.onnx'), 'nothing');
    await expect(publish()).rejects.toThrow(/no ONNX model[^]*What to do/);
  });
});
