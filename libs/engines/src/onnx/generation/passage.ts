import type { GenerationOrder, GenerationRules } from '../../generation/generator';
import type { Language } from '../../language';
import { ServingError } from '@medserve/errors';
import type { Adapter, Adapters } from './adapters';
import { imageKey } from './image-encoder';
import { blockKeys } from './prefix-cache';
import { checkImages, expand, type Prompt } from './prompt';

/** What is to be read of a request, and by what its keys and values are known. */
export interface Passage {
  readonly prompt: Prompt;
  readonly adapter: Adapter | undefined;
  /** Model, adapter, tenant and salt: nothing is found outside of it. */
  readonly scope: string;
  /** By span of the prompt: key of its image. */
  readonly images: readonly string[];
  /** Of the prompt's whole blocks. */
  readonly blocks: readonly string[];
}

export interface PassageRules {
  readonly rules: GenerationRules;
  /** Of the package. */
  readonly digest: string;
  readonly language: Language;
  readonly adapters: Adapters;
}

function adapterOf(adapters: Adapters, name: string | undefined): Adapter | undefined {
  if (name === undefined) return undefined;
  const adapter = adapters.get(name);
  if (adapter) return adapter;
  throw new ServingError('invalid_request', 'The model has no adapter of this name.', { field: 'model' });
}

/** @throws ServingError `invalid_request` for an adapter, images or a prompt that the model does not take */
export function passageOf(
  { request, images, tenant }: GenerationOrder,
  { rules, digest, language, adapters }: PassageRules,
): Passage {
  const adapter = adapterOf(adapters, request.adapter);
  checkImages(request, images.length, rules);
  const prompt = expand(language.prompt(request), rules);
  const own = [digest, tenant, request.cacheSalt ?? ''];
  const scope = JSON.stringify([...own, adapter?.name ?? '']);
  // No adapter changes how an image is seen.
  const keys = images.map((image) => imageKey(JSON.stringify(own), image));
  const ofSpans = prompt.spans.map(({ image }) => keys[image] ?? '');
  return { prompt, adapter, scope, images: ofSpans, blocks: blockKeys(prompt, scope, ofSpans) };
}
