import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decoderOnnx, identityOnnx, loraSafetensors, TINY_LANGUAGE } from '@medserve/testkit';
import { openGenerator } from './open-generator';
import { plainLanguage } from './testing/plain-language';
import { CountingEyes, RULES, SEEING, SEEING_RULES, TinyModels } from './testing/tiny-model';

let models: TinyModels;
beforeAll(async () => {
  models = await TinyModels.write();
  const put = (name: string, bytes: Buffer) => writeFile(join(models.folder, name), bytes);
  await put('identity.onnx', identityOnnx());
  await put('damaged.onnx', decoderOnnx().subarray(0, 4_000));
  await put('wide.safetensors', loraSafetensors({ ...SEEING, width: 32 }, 4, 1));
  await put('deep.safetensors', loraSafetensors({ ...SEEING, layers: 3 }, 4, 1));
});
afterAll(() => models.remove());

const SEEING_PARTS = { ...SEEING_RULES.parts, decoder: 'seeing.onnx' };
const adapter = (file: string) => [{ name: 'terse', file, base: `sha256:${'0'.repeat(64)}` }];

describe('a model that writes', () => {
  it.each([
    ['is no decoder', { parts: { decoder: 'identity.onnx' } }],
    ['has eyes that take something else', { ...SEEING_RULES, parts: { ...SEEING_PARTS, vision: 'identity.onnx' } }],
    ['has embeddings of something else', { ...SEEING_RULES, parts: { ...SEEING_PARTS, embed: 'vision.onnx' } }],
    ['is damaged', { parts: { decoder: 'damaged.onnx' } }],
    ['takes embeddings that nothing makes', { parts: { decoder: 'seeing.onnx' } }],
    [
      'sees, and has a decoder of words',
      { ...SEEING_RULES, parts: { ...SEEING_RULES.parts, decoder: 'decoder.onnx' } },
    ],
    ['sees, and no package says how', { parts: SEEING_PARTS, image: undefined }],
    [
      'has an adapter of another width',
      { ...SEEING_RULES, parts: SEEING_PARTS, adapters: adapter('wide.safetensors') },
    ],
    ['has an adapter of more layers', { ...SEEING_RULES, parts: SEEING_PARTS, adapters: adapter('deep.safetensors') }],
    [
      'has an adapter that is not there',
      { ...SEEING_RULES, parts: SEEING_PARTS, adapters: adapter('none.safetensors') },
    ],
    ['has an adapter, and a decoder that takes none', { adapters: adapter('terse.safetensors') }],
  ])('is broken when it %s', async (_, rules) => {
    await expect(models.open(rules)).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it('is broken when its tokenizer has more tokens than it', async () => {
    const spec = { folder: models.folder, digest: 'sha256:0', generation: RULES, pool: undefined, threads: 1 };
    const language = () => Promise.resolve(plainLanguage(TINY_LANGUAGE.vocabulary + 1));
    const opening = openGenerator({ ...spec, eyes: new CountingEyes() }, new AbortController().signal, language);
    await expect(opening).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it('is not loaded for someone who has left', async () => {
    const spec = { folder: models.folder, digest: 'sha256:0', generation: RULES, pool: undefined, threads: 1 };
    const opening = openGenerator({ ...spec, eyes: new CountingEyes() }, AbortSignal.abort());
    await expect(opening).rejects.toThrow();
  });
});
