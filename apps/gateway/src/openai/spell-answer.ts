import type {
  FinishReason,
  GenerationDelta,
  GenerationResult,
  RunningUsage,
  TokenLogprob,
  TokenUsage,
  ToolCall,
  ToolChoice,
} from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { ModelChoice } from '../infer/ports';

/** What stands at the head of an answer and of every chunk of it. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** As the caller named it. */
  readonly model: string;
}

/** A prefix of OpenAI's; behind it is the id of the request, by which its record is found. */
export const completionId = (requestId: string): string => `chatcmpl-${requestId}`;

/** Which model wrote, exactly: as a caller sees that it has changed. */
export const fingerprintOf = ({ name, version, digest }: ModelChoice): string =>
  `${name}:${version}+${digest.replace(/^sha256:/, '').slice(0, 12)}`;

/**
 * Why an answer ended, in OpenAI's words. A function that the caller named is no choice of the model's.
 *
 * @throws ServingError `inference_failed` where no token fitted the format: longer limits would not help, and none was reached
 */
export function finishReason(finish: FinishReason, toolChoice: ToolChoice): 'stop' | 'length' | 'tool_calls' {
  if (finish === 'grammar')
    throw new ServingError('inference_failed', 'The model had no token that fits the form of the answer.');
  return finish === 'tool_calls' && typeof toolChoice === 'object' ? 'stop' : finish;
}

const spellTop = ({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>) => ({ token, logprob, bytes });

export const spellLogprobs = (logprobs: readonly TokenLogprob[] | undefined) =>
  logprobs === undefined
    ? null
    : {
        content: logprobs.map(({ top, ...chosen }) => ({ ...spellTop(chosen), top_logprobs: top.map(spellTop) })),
        refusal: null,
      };

export const spellRunningUsage = ({ prompt, completion }: RunningUsage) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

export const spellUsage = ({ cached, image, ...running }: TokenUsage) => ({
  ...spellRunningUsage(running),
  prompt_tokens_details: { cached_tokens: cached, image_tokens: image },
});

const spellCall = ({ id, name, arguments: given }: ToolCall) => ({
  id,
  type: 'function',
  function: { name, arguments: given },
});

/** Parts of calls as a chunk tells them: what names a call comes with its first part. */
export const spellCallParts = (parts: NonNullable<GenerationDelta['toolCalls']>) =>
  parts.map(({ index, id, name, arguments: piece }) => ({
    index,
    ...(id === undefined ? {} : { id, type: 'function' }),
    function: { ...(name === undefined ? {} : { name }), arguments: piece },
  }));

/** An answer at once: object `chat.completion`. */
export function chatCompletion(
  head: AnswerHead,
  { choices, usage }: GenerationResult,
  toolChoice: ToolChoice,
  model: ModelChoice,
): Buffer {
  return Buffer.from(
    JSON.stringify({
      id: head.id,
      object: 'chat.completion',
      created: head.created,
      model: head.model,
      choices: choices.map(({ text, reasoning, toolCalls, finish, logprobs }, index) => ({
        index,
        message: {
          role: 'assistant',
          content: text === '' && toolCalls.length > 0 ? null : text,
          refusal: null,
          ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
          ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map(spellCall) }),
        },
        logprobs: spellLogprobs(logprobs),
        finish_reason: finishReason(finish, toolChoice),
      })),
      usage: spellUsage(usage),
      system_fingerprint: fingerprintOf(model),
    }),
  );
}
