import type { GenerationInput } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { decodeFrame } from '@medserve/rpc';

/** What the host of a model that writes has to know of a request. */
export interface WritingDescription {
  /** One for each answer that is wanted. */
  readonly slots: number;
  /** Tokens of one answer at most. */
  readonly maxTokens: number;
}

/** What of a model the requests are described by. */
export interface WritingLimits {
  /** Answers that are written at once. */
  readonly slots: number;
  /** Where a request names no limit. */
  readonly maxAnswerTokens: number;
}

/**
 * Reads the header of a request frame for a model that writes; its payloads stay where they are.
 *
 * @throws ServingError `invalid_request` when it is no request, or wants more answers than are written at once;
 *   `task_not_available` when it brings what such a model does not take.
 */
export function describeWriting(bytes: Uint8Array, { slots, maxAnswerTokens }: WritingLimits): WritingDescription {
  const { body } = decodeFrame(bytes);
  if (body?.$case !== 'request') throw new ServingError('invalid_request', 'A frame holds no request.');
  const { input } = body.value;
  switch (input?.$case) {
    case 'generationJson': {
      const { request } = JSON.parse(input.value) as GenerationInput;
      const { choices, maxTokens = maxAnswerTokens } = request;
      if (choices > slots) {
        const limit = `answers written at once: ${String(slots)}`;
        throw new ServingError('invalid_request', 'More answers are wanted than the model writes at once.', {
          field: 'n',
          limit,
        });
      }
      return { slots: choices, maxTokens };
    }
    case 'decodedJson':
      return { slots: 1, maxTokens: maxAnswerTokens };
    case 'tensors':
    case 'textsJson':
      throw new ServingError('task_not_available', 'This model writes: it takes a conversation or an image.', {
        field: 'model',
      });
    case undefined:
      throw new ServingError('invalid_request', 'A request has no input.');
  }
}
