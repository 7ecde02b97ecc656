import type { AnswerFormat, GenerationRequest, ToolChoice, Turn } from '@medserve/clinical';
import { optional } from '../infer/model-words';
import type { ChatBody } from './chat-schema';

/** What is asked of the model, whatever protocol asked it. */
export function generationRequest(
  body: ChatBody,
  turns: readonly Turn[],
  adapter: string | undefined,
): GenerationRequest {
  const { tools = [], top_k: topK, logprobs, top_logprobs: top = 0 } = body;
  return {
    turns,
    sampling: {
      temperature: body.temperature,
      topP: body.top_p,
      ...(topK > 0 ? { topK } : {}),
      ...optional('seed', body.seed),
      presencePenalty: body.presence_penalty,
      frequencyPenalty: body.frequency_penalty,
      ...optional('logitBias', body.logit_bias),
    },
    ...optional('maxTokens', body.max_completion_tokens ?? body.max_tokens),
    stop: body.stop,
    choices: body.n,
    ...(logprobs ? { logprobs: { top } } : {}),
    format: formatOf(body.response_format),
    tools: tools.map(({ function: { name, description, parameters, strict } }) => ({
      name,
      ...optional('description', description ?? undefined),
      ...optional('parameters', parameters ?? undefined),
      ...optional('strict', strict ?? undefined),
    })),
    toolChoice: choiceOf(body),
    parallelToolCalls: body.parallel_tool_calls,
    ...optional('adapter', adapter),
    ...optional('cacheSalt', body.cache_salt),
  };
}

function choiceOf({ tools, tool_choice: choice }: ChatBody): ToolChoice {
  if (choice === undefined) return tools === undefined ? 'none' : 'auto';
  return typeof choice === 'string' ? choice : { name: choice.function.name };
}

function formatOf(format: ChatBody['response_format']): AnswerFormat {
  switch (format?.type) {
    case undefined:
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema': {
      const { name, schema, strict } = format.json_schema;
      return { kind: 'schema', name, schema, ...optional('strict', strict ?? undefined) };
    }
  }
}
