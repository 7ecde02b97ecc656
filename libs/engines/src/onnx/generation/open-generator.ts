import type { InferenceSession } from 'onnxruntime-node';
import { broken } from '../../broken';
import type { GenerationRules, Generator, GeneratorSpec } from '../../generation/generator';
import { loadLanguage, type Language } from '../../language';
import { loadOrt } from '../load-ort';
import { Adapters } from './adapters';
import { Caches } from './caches';
import { Decoder, EMBEDDINGS } from './decoder';
import { FEATURES, ImageEncoder, type ImageEncoderParts } from './image-encoder';
import { KvRows } from './kv-rows';
import { OnnxGenerator } from './onnx-generator';
import { openParts, releaseParts, type Parts } from './open-parts';

export type LoadLanguage = (folder: string, rules: GenerationRules) => Promise<Language>;

function checkPart(part: string, { inputNames, outputNames }: InferenceSession, input: string, output: string): void {
  if (inputNames.length === 1 && inputNames[0] === input && outputNames.includes(output)) return;
  throw broken(`generation.parts.${part}: it has to take "${input}" and nothing else, and to give "${output}".`);
}

/** What the vision part is run with; absent of a model that sees no images. @throws ServingError `model_broken` */
function sightOf({ image }: GenerationRules, { vision, shape }: Parts): ImageEncoderParts | undefined {
  if (!vision) return undefined;
  const { tensor, tokens } = image ?? {};
  if (tensor === undefined || tokens === undefined || shape.embeds === undefined) {
    throw broken('generation.image: a model that sees has an input tensor, and a decoder that takes inputs_embeds.');
  }
  checkPart('vision', vision, tensor, FEATURES);
  return { session: vision, tensor, tokens, width: shape.embeds };
}

/**
 * Loads a model that writes.
 *
 * @throws ServingError `model_broken` where a part cannot be loaded or they do not fit together; `cancelled` by the signal
 */
export async function openGenerator(
  spec: GeneratorSpec,
  signal: AbortSignal,
  languageOf: LoadLanguage = loadLanguage,
): Promise<Generator> {
  const ort = await loadOrt();
  signal.throwIfAborted();
  const { generation: rules, folder, digest, eyes } = spec;
  const language = await languageOf(folder, rules);
  const parts = await openParts(ort, spec);
  const { shape } = parts;
  try {
    signal.throwIfAborted();
    if (shape.embeds !== undefined && !parts.embed) throw broken('generation.parts: the decoder needs an embed part.');
    if (parts.embed) checkPart('embed', parts.embed, 'input_ids', EMBEDDINGS);
    if (language.vocabularySize > shape.vocabulary) throw broken('The tokenizer has more tokens than the decoder.');
    const sight = sightOf(rules, parts);
    const kv = new KvRows(shape.kv, rules.slots, rules.contextTokens);
    const adapters = await Adapters.load(ort, folder, rules, shape.modules);
    const decoder = new Decoder(ort, parts, shape, kv, adapters, rules.prefillTokens);
    const caches = new Caches();
    const encoder = sight && new ImageEncoder(ort, eyes, sight, caches.features);
    return new OnnxGenerator({ rules, digest, language, decoder, kv, adapters, encoder, caches });
  } catch (error) {
    await releaseParts([parts.decoder, parts.embed, parts.vision]);
    throw error;
  }
}
