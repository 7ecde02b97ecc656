import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Recipe } from '../catalog/recipe';
import { BYTE_TEMPLATE, BYTE_VOCABULARY, byteTokenizer, UNPRINTED_TOKENS } from './byte-tokenizer';
import { imageEncoderOnnx, textEncoderOnnx } from './dual-encoder';
import {
  decoderOnnx,
  embedOnnx,
  loraSafetensors,
  TINY_LANGUAGE,
  visionOnnx,
  volumeVisionOnnx,
  type LanguageShape,
} from './language-model';

type Files = Readonly<Record<string, Buffer | string>>;
type Lines = Readonly<Record<string, unknown>>;
type Budget = NonNullable<Recipe['budget']>;

/** Of the stand-in's own prompts: its tokens are bytes, of which a question takes more than of words. */
const TEXT_TOKENS = 1_024;
const ANSWER_TOKENS = 32;
/** Pixels that one visual token stands for in the stand-in. */
const COLUMNS = 4;
const TEXT_LENGTH = 128;
const LORA_RANK = 4;

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

async function writePackage(repository: string, name: string, files: Files, lines: Lines): Promise<void> {
  const folder = join(repository, name, '1');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const manifest = {
    format: 'medserve.model/1',
    name,
    version: '1',
    title: `Noise in the shape of ${name}`,
    engine: 'onnx',
    intendedUse: 'To prove a recipe of the catalogue.',
    notFor: 'Anything else: it says nothing but noise.',
    licence: 'Apache-2.0',
    files: Object.entries(files).map(([path, content]) => ({ path, sha256: sha256(content) })),
    ...lines,
  };
  // JSON is YAML.
  await writeFile(join(folder, 'model.yaml'), JSON.stringify(manifest));
}

/** Of the recipe's budget, what the stand-in keeps: the tokens of an image, the number of images, and the limit of both. */
function standInBudget({ imageTokens, maxImages, slots }: Budget) {
  return {
    contextTokens: imageTokens * maxImages + TEXT_TOKENS,
    maxAnswerTokens: ANSWER_TOKENS,
    slots: Math.min(slots, 4),
    prefillTokens: 512,
  };
}

interface Sight {
  readonly vision: Buffer;
  /** From an image to the input of the vision part. */
  readonly recipe: readonly Lines[];
}

const ofPictures = (shape: LanguageShape, { imageTokens: tokens }: Budget): Sight => ({
  vision: visionOnnx(shape, { rows: tokens, columns: COLUMNS, tokens }),
  recipe: [
    { step: 'window', using: 'header-or-percentiles' },
    { step: 'colour', to: 'grey' },
    { step: 'resize', width: COLUMNS, height: tokens, fit: 'stretch' },
    { step: 'layout', order: 'nhwc', as: 'uint8' },
  ],
});

const ofVolumes = (shape: LanguageShape, { imageTokens }: Budget): Sight => ({
  vision: volumeVisionOnnx(shape, imageTokens),
  recipe: [{ step: 'hounsfield' }, { step: 'layout-volume', order: 'ndhwc', as: 'int16' }],
});

async function writeDecoder(repository: string, recipe: Recipe): Promise<readonly string[]> {
  const { standIn, budget, adapters, contract } = recipe;
  if (standIn.kind !== 'decoder' || !budget) return [];
  const limits = standInBudget(budget);
  const shape: LanguageShape = {
    ...TINY_LANGUAGE,
    layers: standIn.layers,
    kvHeads: TINY_LANGUAGE.heads / standIn.queriesPerKey,
    vocabulary: BYTE_VOCABULARY,
    context: limits.contextTokens,
    mute: UNPRINTED_TOKENS,
    embeds: true,
    lora: adapters.length > 0,
  };
  const sight = standIn.sees === 'volumes' ? ofVolumes(shape, budget) : ofPictures(shape, budget);
  const files: Record<string, Buffer | string> = {
    'decoder.onnx': decoderOnnx(shape),
    'embed.onnx': embedOnnx(shape),
    'vision.onnx': sight.vision,
    'tokenizer.json': byteTokenizer(),
    'chat-template.jinja': BYTE_TEMPLATE,
  };
  for (const [index, adapter] of adapters.entries()) {
    files[`adapters/${adapter}.safetensors`] = loraSafetensors(shape, LORA_RANK, index + 1);
  }
  const base = `sha256:${sha256(files['decoder.onnx'] ?? '')}`;
  await writePackage(repository, recipe.system, files, {
    serves: contract.flatMap(({ task, modalities }) => modalities.map((modality) => ({ task, modality }))),
    generation: {
      tokenizer: 'tokenizer.json',
      chatTemplate: 'chat-template.jinja',
      endTokens: ['<|im_end|>'],
      ...limits,
      parts: { decoder: 'decoder.onnx', embed: 'embed.onnx', vision: 'vision.onnx' },
      image: {
        tensor: 'pixel_values',
        recipe: sight.recipe,
        token: '<image>',
        tokens: budget.imageTokens,
        maxImages: budget.maxImages,
      },
      adapters: adapters.map((adapter) => ({ name: adapter, file: `adapters/${adapter}.safetensors`, base })),
      prompts: Object.fromEntries(contract.flatMap(({ task, prompt }) => (prompt ? [[task, prompt]] : []))),
    },
  });
  return [recipe.system];
}

async function writeDualEncoder(repository: string, { system, standIn }: Recipe): Promise<readonly string[]> {
  if (standIn.kind !== 'dual-encoder') return [];
  const { side, dimension } = standIn;
  const [image, text] = [`${system}-image`, `${system}-text`];
  await writePackage(repository, image, { 'model.onnx': imageEncoderOnnx(side, dimension) }, {});
  await writePackage(
    repository,
    text,
    { 'model.onnx': textEncoderOnnx(BYTE_VOCABULARY, dimension), 'tokenizer.json': byteTokenizer() },
    {
      serves: [{ task: 'embed', modality: 'text' }],
      text: {
        tokenizer: 'tokenizer.json',
        maxTokens: TEXT_LENGTH,
        inputs: { ids: 'input_ids', mask: 'attention_mask' },
        output: 'sentence_vector',
      },
    },
  );
  return [image, text];
}

/**
 * Writes the stand-in of a recipe as model packages below `repository`: graphs of noise with its tokens of an image, its number of
 * images, its adapters and its prompts, in sizes of kilobytes.
 *
 * @returns the names of the packages
 */
export const writeStandIn = (repository: string, recipe: Recipe): Promise<readonly string[]> =>
  recipe.standIn.kind === 'decoder' ? writeDecoder(repository, recipe) : writeDualEncoder(repository, recipe);
