import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BYTE_TEMPLATE, BYTE_VOCABULARY, byteTokenizer, UNPRINTED_TOKENS } from '@medserve/engines/standin';
import {
  decoderOnnx,
  embedOnnx,
  loraSafetensors,
  TINY_LANGUAGE,
  visionOnnx,
  type LanguageShape,
} from '@medserve/engines/standin';

export interface LanguagePackage {
  readonly name: string;
  /** Default '1'. */
  readonly version?: string;
  /** Whether it sees images, 8 x 8 grey pixels in four tokens, and has the adapters `terse` and `wordy`; default false. */
  readonly sees?: boolean;
  /** Lines of `generation` in place of those that are written here; `undefined` leaves one out. */
  readonly generation?: Readonly<Record<string, unknown>>;
  /** Lines of `model.yaml` beside those that are written here, or in their place; `undefined` leaves one out. */
  readonly lines?: Readonly<Record<string, unknown>>;
}

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

const SHAPE: LanguageShape = { ...TINY_LANGUAGE, vocabulary: BYTE_VOCABULARY, mute: UNPRINTED_TOKENS };

const IMAGE = {
  tensor: 'pixel_values',
  recipe: [
    { step: 'window', using: 'header-or-percentiles' },
    { step: 'colour', to: 'grey' },
    { step: 'resize', width: 8, height: 8, fit: 'stretch' },
    { step: 'layout', order: 'nhwc', as: 'uint8' },
  ],
  token: '<image>',
  tokens: 4,
  maxImages: 3,
};

function filesOf(sees: boolean): Readonly<Record<string, Buffer | string>> {
  const shape = { ...SHAPE, embeds: sees, lora: sees };
  const words = {
    'decoder.onnx': decoderOnnx(shape),
    'tokenizer.json': byteTokenizer(),
    'chat-template.jinja': BYTE_TEMPLATE,
  };
  if (!sees) return words;
  return {
    ...words,
    'embed.onnx': embedOnnx(shape),
    'vision.onnx': visionOnnx(shape),
    'adapters/terse.safetensors': loraSafetensors(shape, 4, 1),
    'adapters/wordy.safetensors': loraSafetensors(shape, 2, 2),
  };
}

/**
 * Writes a package with a whole model that writes below `repository`: a decoder of noise that answers with printed ASCII until its
 * limit or, seldom, its end token. Gives back its folder.
 */
export async function writeLanguagePackage(
  repository: string,
  { name, version = '1', sees = false, generation = {}, lines = {} }: LanguagePackage,
): Promise<string> {
  const folder = join(repository, name, version);
  const files = filesOf(sees);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const base = `sha256:${sha256(files['decoder.onnx'] ?? '')}`;
  const seeing = {
    parts: { decoder: 'decoder.onnx', embed: 'embed.onnx', vision: 'vision.onnx' },
    image: IMAGE,
    adapters: ['terse', 'wordy'].map((adapter) => ({ name: adapter, file: `adapters/${adapter}.safetensors`, base })),
  };
  const manifest = {
    format: 'medserve.model/1',
    name,
    version,
    title: `Test model ${name}`,
    engine: 'onnx',
    serves: [{ task: 'chat', modality: 'radiology', default: true }],
    generation: {
      tokenizer: 'tokenizer.json',
      chatTemplate: 'chat-template.jinja',
      endTokens: ['<|im_end|>'],
      contextTokens: SHAPE.context,
      maxAnswerTokens: 32,
      slots: 8,
      prefillTokens: 64,
      parts: { decoder: 'decoder.onnx' },
      ...(sees ? seeing : {}),
      ...generation,
    },
    intendedUse: 'Tests.',
    notFor: 'Patients.',
    licence: 'Apache-2.0',
    files: Object.entries(files).map(([path, content]) => ({ path, sha256: sha256(content) })),
    ...lines,
  };
  // JSON is YAML.
  await writeFile(join(folder, 'model.yaml'), JSON.stringify(manifest));
  return folder;
}
