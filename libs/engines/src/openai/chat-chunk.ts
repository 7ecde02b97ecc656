import { z } from 'zod';

/* What is read of a chunk of `/v1/chat/completions`; servers add members, and send null where there is nothing. */

const logprob = z.object({
  token: z.string(),
  logprob: z.number().nullish(),
  bytes: z.array(z.int().min(0).max(255)).max(1_024).nullish(),
});

const toolCall = z.object({
  index: z.int().min(0).max(127),
  id: z.string().max(256).nullish(),
  function: z.object({ name: z.string().max(256).nullish(), arguments: z.string().nullish() }).nullish(),
});

const delta = z.object({
  /** In the first chunk of an answer only. */
  role: z.string().nullish(),
  content: z.string().nullish(),
  /** vLLM before 0.12 and SGLang; then vLLM. */
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  tool_calls: z.array(toolCall).max(128).nullish(),
});

const choice = z.object({
  index: z.int().min(0).max(127).default(0),
  delta: delta.nullish(),
  logprobs: z
    .object({
      content: z
        .array(logprob.extend({ top_logprobs: z.array(logprob).max(64).nullish() }))
        .max(65_536)
        .nullish(),
    })
    .nullish(),
  finish_reason: z.string().nullish(),
});

const count = z.int().min(0).nullish();

export const chunkSchema = z.object({
  choices: z.array(choice).max(128).default([]),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
    })
    .nullish(),
});

export type ChatChunk = z.infer<typeof chunkSchema>;
export type ChunkChoice = ChatChunk['choices'][number];
export type ChunkLogprob = NonNullable<NonNullable<ChunkChoice['logprobs']>['content']>[number];
