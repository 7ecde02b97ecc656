import { join } from 'node:path';
import type { Tensor, TextsInput } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { broken } from '../broken';
import { loadTokenizer, type Tokenizer } from '../language/text/tokenizer';
import { padRows } from './pad-rows';
import type { TextRules } from './text-rules';

/** Texts of one request. */
export const MAX_TEXTS = 2_048;

/** Of all texts of one request together, in UTF-16 units or ids. */
const MAX_LENGTH = 4 * 2 ** 20;

/** Of one text, for each token that the model reads: what is beyond is cut before it is tokenised, which takes time for all of it. */
const LENGTH_PER_TOKEN = 128;

export interface TextFeeds {
  /** `[texts, tokens]`, right padded. */
  readonly feeds: readonly Tensor[];
  /** That the model reads, without padding. */
  readonly tokens: number;
}

/** Turns texts into rows that a model reads. */
export interface TextRows {
  /** The output that holds one vector a text. */
  readonly output: string;
  /**
   * A text longer than the model reads is cut, as the model's owner does it. Ids are the model's own and stand as they are.
   *
   * @throws ServingError `invalid_request` for no text, an id that is none; `too_large` for more than is read at once
   */
  feedsOf(texts: TextsInput['texts']): TextFeeds;
}

const refuse = (detail: string): ServingError => new ServingError('invalid_request', detail, { field: 'input' });

const tooLarge = (detail: string, limit: string): ServingError =>
  new ServingError('too_large', detail, { field: 'input', limit });

function checkTexts(texts: TextsInput['texts']): void {
  if (texts.length === 0) throw refuse('A request has to have at least one text.');
  if (texts.length > MAX_TEXTS) throw tooLarge('A request has too many texts.', `texts: ${String(MAX_TEXTS)}`);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MAX_LENGTH) throw tooLarge('The texts are too long together.', `characters: ${String(MAX_LENGTH)}`);
}

/**
 * Reads the tokenizer of a package that turns texts into vectors.
 *
 * @throws ServingError `model_broken`
 */
export async function loadTextRows(folder: string, rules: TextRules): Promise<TextRows> {
  const tokenizer = await loadTokenizer(join(folder, rules.tokenizer));
  const { maxTokens, inputs, output } = rules;
  const room = maxTokens - tokenizer.around([]).length;
  if (room < 1) throw broken('text.maxTokens leaves no room for a text.');
  const idsOf = (text: string | readonly number[]): readonly number[] =>
    typeof text === 'string'
      ? tokenizer.around(tokenizer.encode(text.slice(0, maxTokens * LENGTH_PER_TOKEN), true).slice(0, room))
      : checkIds(text, tokenizer).slice(0, maxTokens);
  return {
    output,
    feedsOf: (texts) => {
      checkTexts(texts);
      const rows = texts.map(idsOf);
      return { feeds: padRows(rows, maxTokens, inputs), tokens: rows.reduce((sum, ids) => sum + ids.length, 0) };
    },
  };
}

function checkIds(ids: readonly number[], tokenizer: Tokenizer): readonly number[] {
  const isThere = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < tokenizer.size;
  if (ids.length === 0 || !ids.every(isThere))
    throw refuse('A text as ids has no token, or one that the model does not know.');
  return ids;
}
