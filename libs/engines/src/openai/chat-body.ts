import { createHash, createHmac } from 'node:crypto';
import type { GenerationRequest, Part, Tool, ToolChoice, Turn } from '@medserve/clinical';
import type { PoolEndpoints, PoolFlavour } from '../generation/pool-endpoints';

/** An image of a request as the servers get it: a volume as several. */
export interface SentImage {
  readonly pngs: readonly Uint8Array[];
}

export interface ChatOrder {
  readonly request: GenerationRequest;
  readonly images: readonly SentImage[];
  readonly tenant: string;
  /** Of one answer; absent: as many as its prompt leaves of the context. */
  readonly maxTokens: number | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Nothing that servers keep of one tenant's requests is found by another's, and the name of no tenant leaves the house. */
const keyed = (endpoints: PoolEndpoints, ...parts: readonly (string | Uint8Array)[]): string => {
  const hmac = createHmac('sha256', `medserve pool ${endpoints.key ?? ''}`);
  // Hashed one by one, so that no two lists of parts are the same bytes.
  for (const part of parts) hmac.update(createHash('sha256').update(part).digest());
  return hmac.digest('hex');
};

function imageParts(image: SentImage, tenant: string, endpoints: PoolEndpoints): Json[] {
  return image.pngs.map((png) => ({
    type: 'image_url',
    // Never an address: a server that fetches is a server that can be sent anywhere.
    image_url: { url: `data:image/png;base64,${Buffer.from(png).toString('base64')}` },
    ...(endpoints.flavour === 'vllm' && { uuid: keyed(endpoints, 'image', tenant, png) }),
  }));
}

function contentOf(parts: readonly Part[], order: ChatOrder, endpoints: PoolEndpoints): string | Json[] {
  const texts = parts.map((part) => (part.kind === 'text' ? part.text : undefined));
  // A text where that is enough: templates of small models take no lists.
  if (texts.every((text) => text !== undefined)) return texts.join('\n');
  return parts.flatMap((part) => {
    if (part.kind === 'text') return [{ type: 'text', text: part.text }];
    const image = order.images[part.image];
    return image ? imageParts(image, order.tenant, endpoints) : [];
  });
}

function messageOf(turn: Turn, order: ChatOrder, endpoints: PoolEndpoints): Json {
  const content = contentOf(turn.parts, order, endpoints);
  switch (turn.role) {
    case 'system':
    case 'user':
      return { role: turn.role, content, ...(turn.name !== undefined && { name: turn.name }) };
    case 'assistant': {
      const calls = (turn.toolCalls ?? []).map(({ id, name, arguments: text }) => ({
        id,
        type: 'function',
        function: { name, arguments: text },
      }));
      return { role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls }) };
    }
    case 'tool':
      return { role: 'tool', tool_call_id: turn.toolCallId, content };
  }
}

const toolOf = ({ name, description, parameters, strict }: Tool): Json => ({
  type: 'function',
  function: {
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { parameters }),
    ...(strict !== undefined && { strict }),
  },
});

const choiceOf = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };

function formatOf({ format }: GenerationRequest): Json {
  switch (format.kind) {
    case 'text':
      return {};
    case 'json':
      return { response_format: { type: 'json_object' } };
    case 'schema': {
      // Of a caller who says nothing: some servers hold an answer to its schema only where this is asked.
      const { name, schema, strict = true } = format;
      return { response_format: { type: 'json_schema', json_schema: { name, schema, strict } } };
    }
  }
}

/** The likeliest token each time, said so that vLLM writes it more than once: with temperature 0 it refuses several choices. */
const LIKELIEST = { temperature: 1, top_p: 1, top_k: 1 };

/** For vLLM and SGLang: all tokens. */
const ALL = -1;

/** vLLM takes this seed for none (`SamplingParams.__post_init__`); another stands for it, so that the same request is answered the same. */
const NO_SEED = -1;
const FOR_NO_SEED = -(2 ** 52);

function seedOf(seed: number | undefined, flavour: PoolFlavour): Json {
  if (seed === undefined) return {};
  return { seed: flavour === 'vllm' && seed === NO_SEED ? FOR_NO_SEED : seed };
}

/**
 * Tokens that are left to choose from. vLLM and SGLang take what a request leaves out from the model's `generation_config.json`, which may
 * say that the likeliest alone is left: so what a caller can say here is always said.
 */
function choiceOfTokens({ sampling }: GenerationRequest, flavour: PoolFlavour): Json {
  const { topK = ALL, presencePenalty, frequencyPenalty } = sampling;
  const isTold = flavour !== 'openai';
  return {
    ...(isTold && { top_k: topK }),
    ...((isTold || presencePenalty !== 0) && { presence_penalty: presencePenalty }),
    ...((isTold || frequencyPenalty !== 0) && { frequency_penalty: frequencyPenalty }),
  };
}

function samplingOf(request: GenerationRequest, { flavour = 'openai' }: PoolEndpoints): Json {
  const { topP, seed, logitBias } = request.sampling;
  // Of no share of the probability the likeliest token is left: servers that refuse it know it by the other name.
  const temperature = topP === 0 ? 0 : request.sampling.temperature;
  return {
    temperature,
    top_p: topP === 0 ? 1 : topP,
    ...choiceOfTokens(request, flavour),
    ...seedOf(seed, flavour),
    ...(logitBias !== undefined && { logit_bias: logitBias }),
    ...(flavour === 'vllm' && temperature === 0 && request.choices > 1 && LIKELIEST),
  };
}

/** The body of `POST /v1/chat/completions` that asks a pool's servers for what a request asks us for. */
export function chatBody(order: ChatOrder, model: string, endpoints: PoolEndpoints): Json {
  const { request, tenant, maxTokens } = order;
  const { stop, choices, logprobs, tools, toolChoice, parallelToolCalls, cacheSalt } = request;
  return {
    model,
    messages: request.turns.map((turn) => messageOf(turn, order, endpoints)),
    ...samplingOf(request, endpoints),
    // The older name: all servers know it, the newer one only some.
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    stream: true,
    stream_options: { include_usage: true },
    ...(stop.length > 0 && { stop }),
    ...(choices > 1 && { n: choices }),
    ...(logprobs !== undefined && { logprobs: true, top_logprobs: logprobs.top }),
    ...formatOf(request),
    ...(tools.length > 0 && {
      tools: tools.map(toolOf),
      tool_choice: choiceOf(toolChoice),
      ...(!parallelToolCalls && { parallel_tool_calls: false }),
    }),
    ...(endpoints.flavour === 'vllm' && { cache_salt: keyed(endpoints, 'salt', tenant, cacheSalt ?? '') }),
  };
}
