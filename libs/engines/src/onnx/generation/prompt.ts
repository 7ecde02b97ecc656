import type { GenerationRequest } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { GenerationRules } from '../../generation/generator';
import type { Prompt as Written } from '../../language';

/** Positions of a prompt that stand for an image. */
export interface ImageSpan {
  readonly begin: number;
  readonly end: number;
  /** Index among the images of the request. */
  readonly image: number;
}

/** A prompt as the decoder reads it: an image takes as many positions as it has features. */
export interface Prompt {
  readonly tokens: Int32Array;
  /** In the order of their positions. */
  readonly spans: readonly ImageSpan[];
}

const refuse = (detail: string, limit?: string): ServingError =>
  new ServingError('invalid_request', detail, { field: 'messages', limit });

const imagesNamed = ({ turns }: GenerationRequest): number =>
  turns.reduce((sum, { parts }) => sum + parts.filter(({ kind }) => kind === 'image').length, 0);

/** @throws ServingError `invalid_request` where a request shows more images than the model sees */
export function checkImages(request: GenerationRequest, given: number, { image, parts }: GenerationRules): void {
  const most = parts?.vision === undefined ? 0 : (image?.maxImages ?? 0);
  if (imagesNamed(request) > most) {
    throw refuse('The conversation shows more images than the model sees.', `images: ${String(most)}`);
  }
  const isThere = request.turns.every(({ parts: all }) =>
    all.every((part) => part.kind !== 'image' || (part.image >= 0 && part.image < given)),
  );
  if (!isThere) throw refuse('The conversation names an image that was not sent.', `images sent: ${String(given)}`);
}

/**
 * Gives every image its positions.
 *
 * @throws ServingError `invalid_request` where there is nothing to read, and with the limit `context tokens: N` where no room for
 *   an answer is left
 */
export function expand({ tokens, images }: Written, { image, contextTokens }: GenerationRules): Prompt {
  const each = image?.tokens ?? 1;
  const length = tokens.length + images.length * (each - 1);
  // No run takes no tokens, and the first of an answer comes of the last of its prompt.
  if (length === 0) throw refuse('The conversation holds nothing that the model could read.');
  if (length >= contextTokens) {
    throw refuse('The conversation is longer than the model’s context.', `context tokens: ${String(contextTokens)}`);
  }
  const expanded = new Int32Array(length);
  const spans: ImageSpan[] = [];
  let from = 0;
  let at = 0;
  const take = (to: number): void => {
    for (; from < to; from += 1, at += 1) expanded[at] = tokens[from] ?? 0;
  };
  for (const { position, image: index } of images) {
    take(position);
    expanded.fill(tokens[position] ?? 0, at, at + each);
    spans.push({ begin: at, end: at + each, image: index });
    at += each;
    from += 1;
  }
  take(tokens.length);
  return { tokens: expanded, spans };
}
