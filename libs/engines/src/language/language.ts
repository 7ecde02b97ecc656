import type { GenerationRequest } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { join } from 'node:path';
import { broken } from '../broken';
import type { GenerationRules } from '../generation/generator';
import { loadChatTemplate } from './prompt/chat-template';
import { promptWriter, type Prompt } from './prompt/write-prompt';
import { SamplingScratch } from './sampling/sampler';
import { loadTokenizer, type Tokenizer } from './text/tokenizer';
import { answerParts } from './tools/parts-of';
import { calledBefore } from './tools/called-before';
import { Formats } from './grammar/formats';
import type { AnswerWriter } from './writing/answer-writer';
import { ChoiceWriter } from './writing/choice-writer';

/** Everything about words that a model's package says: how a conversation becomes tokens, and tokens an answer. */
export interface Language {
  /** Tokens that may be chosen; what a row of logits has beyond them is padding. */
  readonly vocabularySize: number;
  readonly endTokens: ReadonlySet<number>;
  /**
   * The tokens of a request's prompt. An image's token stands once each.
   *
   * @throws ServingError `invalid_request`: a prompt longer than the context, turns that the template does not take, a format or
   *   tools that cannot be met (the field and the keyword are named), a bias of a token that there is not
   */
  prompt(request: GenerationRequest): Prompt;
  /**
   * @param limit tokens of the answer at most: formats are closed within them. Default: what the request says, or the package
   * @throws ServingError `invalid_request` as `prompt`
   */
  writer(request: GenerationRequest, choice: number, limit?: number): AnswerWriter;
}

function idsOf(tokenizer: Tokenizer, names: readonly string[]): number[] {
  return names.map((name) => {
    const id = tokenizer.idOf(name);
    if (id === undefined) throw broken(`The tokenizer has no token "${name}", which the package names.`);
    return id;
  });
}

/** A token that the vocabulary has not was meant for another model, and another would have been chosen. */
function checkBias({ sampling: { logitBias = {} } }: GenerationRequest, size: number): void {
  if (Object.keys(logitBias).every((id) => Number(id) < size)) return;
  throw new ServingError('invalid_request', 'There is no token of an id in "logit_bias".', {
    field: 'logit_bias',
    limit: `vocabulary: ${String(size)} tokens`,
  });
}

/**
 * Reads the tokenizer and the chat template of a package.
 *
 * @param folder of the package
 * @throws ServingError `model_broken`
 */
export async function loadLanguage(folder: string, generation: GenerationRules): Promise<Language> {
  const { tokenizer: tokenizerFile, chatTemplate, beginToken, endTokens: endNames, image, contextTokens } = generation;
  if (tokenizerFile === undefined) throw broken('A package that writes with an engine of ours names its tokenizer.');
  const tokenizer = await loadTokenizer(join(folder, tokenizerFile));
  const imageToken = image?.token === undefined ? undefined : tokenizer.control.get(image.token)?.id;
  if (image?.token !== undefined && imageToken === undefined)
    throw broken(`The tokenizer has no added token "${image.token}", which the package names for images.`);
  tokenizer.checkWrites();
  const endTokens = new Set(idsOf(tokenizer, endNames));
  if (beginToken !== undefined) idsOf(tokenizer, [beginToken]);
  const template = await loadChatTemplate(chatTemplate === undefined ? undefined : join(folder, chatTemplate), {
    begin: beginToken ?? '',
    end: endNames[0] ?? '',
    image: image?.token ?? '',
  });
  const write = promptWriter({ template, tokenizer, imageToken, contextTokens, tail: calledBefore });
  const scratch = new SamplingScratch(tokenizer.size);
  const formats = new Formats(tokenizer, endTokens);
  return {
    vocabularySize: tokenizer.size,
    endTokens,
    prompt: (request) => {
      checkBias(request, tokenizer.size);
      formats.run(request);
      return write(request);
    },
    writer: (request, choice, limit = request.maxTokens ?? generation.maxAnswerTokens) =>
      new ChoiceWriter(request, choice, {
        tokenizer,
        endTokens,
        scratch,
        format: formats.run(request),
        parts: answerParts(request),
        callsAreTheEnd: typeof request.toolChoice !== 'object',
        limit,
      }),
  };
}
