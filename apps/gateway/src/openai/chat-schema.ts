import { z } from 'zod';
import { OPENAI_LIMITS } from './limits';

/** Words for a model, without halves of characters: what is hashed, tokenised and kept is then the same everywhere. */
const words = z.string().transform((text) => text.toWellFormed());
const identifier = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'has to be 1 to 64 letters, digits, "_" or "-"');
const object = z.record(z.string(), z.unknown());

const textPart = z.object({ type: z.literal('text'), text: words });
const refusalPart = z
  .object({ type: z.literal('refusal'), refusal: words })
  .transform(({ refusal }) => ({ type: 'text' as const, text: refusal }));
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.preprocess(
    (given) => (typeof given === 'string' ? { url: given } : given),
    z.object({ url: z.string() }),
  ),
});
const filePart = z.object({
  type: z.literal('file'),
  file: z.object({ file_id: z.string().max(128).nullish(), file_data: z.string().nullish() }),
});

/** What another type is told, where a list alone is what the schema knows. */
const orElse = (message: string) => ({
  error: ({ code }: { readonly code?: string | undefined }) => (code === 'invalid_type' ? message : undefined),
});

/** A text alone stands for one part of text. */
const partsOf = <Part extends z.ZodType>(part: Part) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? [{ type: 'text', text: given }] : given),
    z
      .array(part, orElse('has to be a text or a list of parts'))
      .max(OPENAI_LIMITS.parts)
      .meta({ description: 'Or a text, which stands for one part of text' }),
  );

const spoken = partsOf(z.discriminatedUnion('type', [textPart, imagePart, filePart]));
const written = partsOf(z.discriminatedUnion('type', [textPart, refusalPart]));
const name = words.pipe(z.string().max(256)).nullish();

const toolCall = z.object({
  id: z.string().min(1).max(256),
  type: z.literal('function').nullish(),
  function: z.object({ name: z.string().min(1).max(256), arguments: words }),
});

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: written, name }),
  z.object({ role: z.literal('user'), content: spoken, name }),
  z.object({
    role: z.literal('assistant'),
    content: written.nullish(),
    tool_calls: z.array(toolCall).max(OPENAI_LIMITS.tools).nullish(),
  }),
  z.object({ role: z.literal('tool'), content: written, tool_call_id: z.string().min(1).max(256) }),
]);

/** Arguments are an object: a schema of anything else is one that no call fits. */
const parameters = object.refine(
  ({ type = 'object' }) => [type].flat().includes('object'),
  'has to be a schema of type "object"',
);

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: identifier,
    description: words.nullish(),
    parameters: parameters.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const toolChoice = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
  ],
  'has to be "none", "auto", "required" or { "type": "function", "function": { "name": ... } }',
);

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: identifier, schema: object, strict: z.boolean().nullish() }),
  }),
]);

const stop = z.preprocess(
  (given) => (typeof given === 'string' ? [given] : given),
  z
    .array(
      words.pipe(z.string().min(1).max(OPENAI_LIMITS.stopCharacters)),
      orElse('has to be a text or a list of texts'),
    )
    .max(OPENAI_LIMITS.stops)
    .meta({ description: 'Or one text' }),
);

const bias = z.number().min(-100).max(100);

/** Held to its rules as a whole: a refusal names the member, never a key, which is the caller's own words. */
const logitBias = z
  .record(z.string(), z.unknown())
  .refine((biases) => Object.keys(biases).length <= OPENAI_LIMITS.biasedTokens, {
    message: `has more than ${String(OPENAI_LIMITS.biasedTokens)} tokens`,
  })
  .refine(
    (biases): biases is Record<string, number> =>
      Object.entries(biases).every(([token, value]) => /^\d{1,9}$/.test(token) && bias.safeParse(value).success),
    { message: 'has to give ids of tokens numbers from -100 to 100' },
  )
  .meta({ description: 'Numbers from -100 to 100 by the id of a token' });

/** Of 64 bits with a sign. What is read of JSON is a double, so the largest one is rounded to beyond them; the least one,
 * written as JavaScript writes numbers, would be read as beyond them too. */
const INT64 = 2 ** 63;
const LARGEST_SEED = INT64 - 1_024;

const seed = z
  .number()
  .refine((given) => Number.isInteger(given) && Math.abs(given) <= INT64, 'has to be an integer of 64 bits')
  .transform((given) => Math.max(-LARGEST_SEED, Math.min(given, LARGEST_SEED)))
  .meta({ description: 'An integer of 64 bits; beyond 53 bits neighbours are the same seed' });

const told = z.boolean().nullish();
const penalty = z.number().min(-2).max(2).default(0);
const tokens = z.int().min(1).optional();

/** Of a chat completion: what is read of it. Members that are not known here are accepted, as the API's clients expect. */
export const chatSchema = z.object({
  model: z.string().min(1).max(256),
  messages: z.array(message).min(1).max(OPENAI_LIMITS.messages),
  temperature: z.number().min(0).max(2).default(1),
  top_p: z.number().min(0).max(1).default(1),
  /** vLLM's; 0 and -1 stand for all. */
  top_k: z.int().min(-1).max(1_000_000).default(-1),
  presence_penalty: penalty,
  frequency_penalty: penalty,
  logit_bias: logitBias.optional(),
  seed: seed.optional(),
  n: z.int().min(1).max(OPENAI_LIMITS.choices).default(1),
  stop: stop.default([]),
  max_completion_tokens: tokens,
  max_tokens: tokens,
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: told, continuous_usage_stats: told }).optional(),
  logprobs: z.boolean().default(false),
  top_logprobs: z.int().min(0).max(20).optional(),
  tools: z.array(tool).min(1).max(OPENAI_LIMITS.tools).optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().default(true),
  response_format: responseFormat.optional(),
  /** vLLM's: what is kept of the request is found only by requests with the same. */
  cache_salt: z.string().min(1).max(1_024).optional(),
  /** vLLM's, for engines that go by it; here classes say who goes first. */
  priority: z.literal(0, 'is not gone by here: send the header x-medserve-class').optional(),
});

export type ChatBody = z.output<typeof chatSchema>;
export type ChatMessage = ChatBody['messages'][number];
