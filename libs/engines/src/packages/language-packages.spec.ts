import { appendFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decoderOnnx, writeLanguagePackage, writeOnnx, type LanguagePackage } from '@medserve/testkit';
import { ENGINES } from '../engines';
import { orderOf, requestOf, told } from '../generation/generator-contract';
import { loadPackage } from '../repository/load-package';
import type { ModelPackage } from './model-package';

let repository: string;
beforeEach(async () => {
  repository = await realpath(await mkdtemp(join(tmpdir(), 'medserve-language-packages-')));
});
afterEach(() => rm(repository, { recursive: true }));

const write = (rest: Partial<LanguagePackage> = {}) => writeLanguagePackage(repository, { name: 'writer', ...rest });
const load = async (folder: string): Promise<ModelPackage> => loadPackage({ layout: 'medserve', folder });
const brokenBy = (message: string) => ({
  reason: 'model_broken',
  message: expect.stringContaining(message) as string,
});

describe('a package of a model that writes', () => {
  it.each([false, true])('is served without tensors, and writes (seeing: %s)', async (sees) => {
    const modelPackage = await load(await write({ sees }));
    expect(modelPackage).toMatchObject({
      modelFile: 'decoder.onnx',
      serving: { maxBatchSize: 0, instances: 1, batching: undefined, inputs: [], outputs: [] },
    });
    const { folder, digest, manifest } = modelPackage;
    const { generation } = manifest;
    const eyes = { tensorOf: undefined, pngOf: () => Promise.resolve([]) };
    const generator = await ENGINES.get('onnx')?.openGenerator?.(
      { folder, digest, generation: generation as NonNullable<typeof generation>, pool: undefined, threads: 1, eyes },
      new AbortController().signal,
    );
    if (!generator) throw new Error('no generator');
    const { result } = await told(generator, orderOf(requestOf('Is there an opacity?')));
    expect(result?.choices[0]?.text).toMatch(/^[ -~]{1,8}$/);
    await generator.close();
  });

  it('is known by every byte of every part', async () => {
    const folder = await write({ sees: true });
    await load(folder);
    await appendFile(join(folder, 'vision.onnx'), 'x');
    await expect(load(folder)).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it.each(['decoder.onnx', 'embed.onnx', 'vision.onnx'])(
    'is broken when %s holds what is not allowed',
    async (part) => {
      const folder = await write({ sees: true });
      const strange = writeOnnx({
        inputs: [{ name: 'x', type: 'FP32', shape: ['n'] }],
        outputs: [{ name: 'y', type: 'FP32', shape: ['n'] }],
        nodes: [{ op: 'Shell', domain: 'elsewhere', inputs: ['x'], outputs: ['y'] }],
      });
      await writeFile(join(folder, part), strange);
      await expect(load(folder)).rejects.toMatchObject(brokenBy('elsewhere.Shell'));
    },
  );

  it.each(['tokenizer.json', 'chat-template.jinja', 'embed.onnx', 'adapters/terse.safetensors'])(
    'is broken when %s is not listed',
    async (path) => {
      const { manifest } = await load(await write({ sees: true }));
      const files = manifest.files.filter((file) => file.path !== path);
      await expect(load(await write({ sees: true, lines: { files } }))).rejects.toMatchObject(brokenBy(path));
    },
  );

  it('is broken when an adapter was made for another decoder', async () => {
    const base = `sha256:${'0'.repeat(64)}`;
    const adapters = [{ name: 'terse', file: 'adapters/terse.safetensors', base }];
    await expect(load(await write({ sees: true, generation: { adapters } }))).rejects.toMatchObject(brokenBy('terse'));
  });

  it.each([
    ['no decoder', { parts: undefined }],
    ['no tokenizer', { tokenizer: undefined }],
    ['eyes and no image', { image: undefined }],
  ])('is broken with %s', async (_, generation) => {
    await expect(load(await write({ sees: true, generation }))).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it('is broken with several instances: several answers are what slots are for', async () => {
    await expect(load(await write({ lines: { instances: 2 } }))).rejects.toMatchObject(brokenBy('slots'));
  });
});

describe('a package that names a pool', () => {
  it('needs no files', async () => {
    const folder = await write({
      generation: { parts: undefined, tokenizer: undefined, chatTemplate: undefined },
      lines: { engine: 'openai', pool: { name: 'somewhere', model: 'owner/model' }, files: [] },
    });
    const { serving, modelFile, stamps } = await load(folder);
    expect(serving).toMatchObject({ inputs: [], outputs: [], maxBatchSize: 0 });
    expect(modelFile).toBe('model.yaml');
    expect(stamps.map(({ path }) => path)).toEqual(['model.yaml']);
  });
});

describe('a package that turns texts into vectors', () => {
  const embedder = (text: Record<string, unknown>) =>
    write({
      generation: {},
      lines: {
        generation: undefined,
        serves: [{ task: 'embed', modality: 'text', default: true }],
        text: {
          tokenizer: 'tokenizer.json',
          maxTokens: 16,
          inputs: { ids: 'input_ids', mask: 'attention_mask' },
          output: 'logits',
          ...text,
        },
      },
    });

  it.each([
    ['an input that there is not', { inputs: { ids: 'ids', mask: 'attention_mask' } }, '"ids"'],
    ['an input that nothing is given to', {}, 'nothing is given to'],
    ['a tokenizer that is not listed', { tokenizer: 'words.json' }, 'words.json'],
  ])('is broken with %s', async (_, text, message) => {
    await expect(load(await embedder(text))).rejects.toMatchObject(brokenBy(message));
  });
});

it('reads the decoders of the tests as it reads those of strangers', async () => {
  await writeFile(join(repository, 'decoder.onnx'), decoderOnnx());
  const { inputs } = (await ENGINES.get('onnx')?.inspect(repository, 'decoder.onnx')) ?? { inputs: [] };
  expect(inputs.map(({ name }) => name)).toContain('past_key_values.1.value');
});
