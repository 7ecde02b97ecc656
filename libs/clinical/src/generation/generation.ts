import type { DecodedHeader } from '../pixels/picture';
import type { Tool, ToolCall, ToolChoice, Turn } from './conversation';

/** How the next token is chosen of a model's logits. Numbers as in the OpenAI API. */
export interface Sampling {
  /** 0: always the most likely one. */
  readonly temperature: number;
  /** Of the most likely tokens so many as have this share of the probability together; 1: all. */
  readonly topP: number;
  /** Of the most likely tokens so many; absent: all. */
  readonly topK?: number;
  /** The same seed, request and model give the same answer; absent: another one each time. */
  readonly seed?: number;
  /** -2 to 2, taken off the logit of a token that was written before. */
  readonly presencePenalty: number;
  /** -2 to 2, taken off for each time that it was. */
  readonly frequencyPenalty: number;
  /** -100 to 100, added to the logit of a token by its id. */
  readonly logitBias?: Readonly<Record<string, number>>;
}

/** What the answer has to be. */
export type AnswerFormat =
  | { readonly kind: 'text' }
  /** Any JSON object. */
  | { readonly kind: 'json' }
  /** JSON that fits the schema (JSON Schema 2020-12, as far as it can be enforced while writing). */
  | {
      readonly kind: 'schema';
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>>;
      /** Whether a keyword that cannot be enforced is refused; otherwise it is left out. */
      readonly strict?: boolean;
    };

/** What is asked of a model that writes. Plain data: it travels as JSON. */
export interface GenerationRequest {
  readonly turns: readonly Turn[];
  readonly sampling: Sampling;
  /** Tokens of one answer at most; absent: what the model's package says. */
  readonly maxTokens?: number;
  /** Texts before which an answer ends; at most 16, each at most 256 characters. */
  readonly stop: readonly string[];
  /** Answers wanted, 1 to 16. */
  readonly choices: number;
  /** Wanted with each token: its log probability, and those of so many of the most likely ones, 0 to 20. */
  readonly logprobs?: { readonly top: number };
  readonly format: AnswerFormat;
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  /** Whether one answer may call several tools. */
  readonly parallelToolCalls: boolean;
  /** An adapter of the model, by its name. */
  readonly adapter?: string;
  /** What is kept of a request is found only by requests with the same salt, beside the same tenant. */
  readonly cacheSalt?: string;
}

/** A generation request with the headers of its images; their samples travel beside it, in the same order. */
export interface GenerationInput {
  readonly request: GenerationRequest;
  readonly images: readonly DecodedHeader[];
}

/** Texts to be turned into vectors, one vector each: words, or ids of the model's own tokens. */
export interface TextsInput {
  readonly texts: readonly (string | readonly number[])[];
}

/** A token as it was chosen. `bytes` are those of its text in UTF-8, which may be part of a character. */
export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm of its probability, at most 0. */
  readonly logprob: number;
  readonly bytes: readonly number[];
  /** The most likely tokens in its place, best first. */
  readonly top: readonly Omit<TokenLogprob, 'top'>[];
}

/** What was written of one answer since the delta before. Texts end between characters, never within one. */
export interface GenerationDelta {
  readonly choice: number;
  readonly text?: string;
  /** What the model thought before it answered, where its package tells that apart. */
  readonly reasoning?: string;
  /** Parts of tool calls: id and name once, then pieces of the arguments. */
  readonly toolCalls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly name?: string;
    readonly arguments: string;
  }[];
  readonly logprobs?: readonly TokenLogprob[];
  /** Tokens so far, of the prompt and of this choice; absent where the model's engine tells them at the end only. */
  readonly usage?: RunningUsage;
}

/** Why an answer ended: by itself or at a stop text, at a limit, with calls, or where the format allowed no token of the model. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'grammar';

/** One answer, whole. */
export interface GeneratedChoice {
  readonly text: string;
  readonly reasoning?: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  readonly logprobs?: readonly TokenLogprob[];
}

/** Tokens that a request took. */
export interface TokenUsage {
  /** Of the prompt, its images among them; of n texts to be embedded, all of them. */
  readonly prompt: number;
  /** Of all answers together. */
  readonly completion: number;
  /** Of the prompt, those whose work was kept from an earlier request. */
  readonly cached: number;
  /** Of the prompt, those that stand for images. */
  readonly image: number;
}

/** What is known of it while an answer is written. */
export type RunningUsage = Pick<TokenUsage, 'prompt' | 'completion'>;

export interface GenerationResult {
  /** One each answer asked for, in order; none of texts that were embedded. */
  readonly choices: readonly GeneratedChoice[];
  readonly usage: TokenUsage;
  /** From the start of the work to the first token, in milliseconds; absent where none was written. */
  readonly firstTokenMs?: number;
}
