import type { GenerationRequest } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { Tokenizer } from '../text/tokenizer';
import type { ChatTemplate } from './chat-template';
import { guardBy, unguarded, type GuardText } from './guard-text';

export interface Prompt {
  /** The token of an image stands once each. */
  readonly tokens: number[];
  /** Where in `tokens` which image of the request stands, in order. */
  readonly images: { readonly position: number; readonly image: number }[];
}

/** Writes prompts of one model. */
export type PromptWriter = (request: GenerationRequest) => Prompt;

export interface PromptRules {
  readonly template: ChatTemplate;
  readonly tokenizer: Tokenizer;
  /** What stands for an image; absent: the model sees none. */
  readonly imageToken: number | undefined;
  readonly contextTokens: number;
  /** What the model would write before the arguments of a tool that it has to call; part of the prompt. */
  readonly tail: (request: GenerationRequest, guard: GuardText) => string;
}

const imagesOf = ({ turns }: GenerationRequest): number[] =>
  turns.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'image' ? [part.image] : [])));

const lengthOf = ({ turns }: GenerationRequest): number =>
  turns.reduce(
    (sum, { parts }) => sum + parts.reduce((all, part) => all + (part.kind === 'text' ? part.text.length : 0), 0),
    0,
  );

const tooLong = (contextTokens: number): ServingError =>
  new ServingError('invalid_request', 'The prompt is longer than the model can read.', {
    field: 'messages',
    limit: `context tokens: ${String(contextTokens)}`,
  });

/** Bytes of the longest entry, so that a text which cannot fit is refused before it is tokenised. */
function longestToken(tokenizer: Tokenizer): number {
  let longest = 1;
  for (let id = 0; id < tokenizer.size; id += 1) longest = Math.max(longest, tokenizer.nameOf(id)?.length ?? 0);
  return longest;
}

/**
 * From a request to the tokens of its prompt.
 *
 * The writer throws ServingError `invalid_request`: a prompt that alone is longer than the context, images that the template does
 * not place, turns that it does not take.
 */
export function promptWriter({ template, tokenizer, imageToken, contextTokens, tail }: PromptRules): PromptWriter {
  const guard = guardBy(tokenizer.control);
  const maxLength = contextTokens * longestToken(tokenizer);
  return (request) => {
    if (lengthOf(request) > maxLength) throw tooLong(contextTokens);
    const text = template(request, guard) + tail(request, guard);
    if (unguarded(text).length > maxLength) throw tooLong(contextTokens);
    const tokens: number[] = [];
    const positions: number[] = [];
    tokenizer.control.cut(text).forEach((piece, index) => {
      if (typeof piece === 'string') {
        for (const id of tokenizer.encode(unguarded(piece), index === 0)) tokens.push(id);
      } else {
        if (piece.id === imageToken) positions.push(tokens.length);
        tokens.push(piece.id);
      }
      if (tokens.length > contextTokens) throw tooLong(contextTokens);
    });
    const images = imagesOf(request);
    if (positions.length !== images.length)
      throw new ServingError('invalid_request', "The model's chat template does not take images where they stand.", {
        field: 'messages',
      });
    return { tokens, images: images.map((image, index) => ({ position: positions[index] ?? 0, image })) };
  };
}
