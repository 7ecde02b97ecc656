import type {
  FinishReason,
  GeneratedChoice,
  GenerationDelta,
  GenerationRequest,
  TokenLogprob,
} from '@medserve/clinical';
import type { FormatRun } from '../grammar/format-run';
import { tokenLogprob } from '../sampling/logprobs';
import { Sampler, type SamplingScratch } from '../sampling/sampler';
import { TokenText } from '../text/token-text';
import type { Tokenizer } from '../text/tokenizer';
import type { AnswerParts } from '../tools/answer-parts';
import type { AnswerWriter } from './answer-writer';

export interface ChoiceRules {
  readonly tokenizer: Tokenizer;
  readonly endTokens: ReadonlySet<number>;
  readonly scratch: SamplingScratch;
  /** What the answer is held to; absent: nothing. */
  readonly format: FormatRun | undefined;
  readonly parts: AnswerParts;
  /** Calls end an answer as `tool_calls`; not where the caller named the function, then it ends as any answer. */
  readonly callsAreTheEnd: boolean;
  /** Tokens of the answer at most. */
  readonly limit: number;
}

/**
 * One answer: tokens are chosen, become text, and turn out to be words, which a stop text may end, or calls. Row by row, so that an
 * answer is the same whatever else is written at the same time.
 */
export class ChoiceWriter implements AnswerWriter {
  readonly #sampler: Sampler;
  readonly #text: TokenText;
  readonly #logprobs: TokenLogprob[] = [];
  #toldLogprobs = 0;
  #written = 0;
  #finish: FinishReason | undefined;

  constructor(
    private readonly request: GenerationRequest,
    private readonly choice: number,
    private readonly rules: ChoiceRules,
  ) {
    this.#sampler = new Sampler(request.sampling, choice, rules.scratch);
    this.#text = new TokenText(rules.tokenizer);
  }

  get finish(): FinishReason | undefined {
    return this.#finish;
  }

  next(logits: Float32Array): number {
    const { scratch, format, endTokens, limit } = this.rules;
    const { logprobs } = this.request;
    if (logprobs) scratch.raw.set(logits.subarray(0, scratch.size));
    if (format && !format.mask(logits, limit - this.#written)) {
      this.#close('grammar');
      return Math.max(0, ...endTokens);
    }
    const id = this.#sampler.choose(logits);
    this.#written += 1;
    if (endTokens.has(id)) {
      this.#close();
      return id;
    }
    if (logprobs) this.#logprobs.push(tokenLogprob(scratch.raw, scratch.size, id, logprobs.top, this.rules.tokenizer));
    format?.accept(id);
    this.#push(this.#text.push(id));
    if (this.#finish === undefined && (format?.isOver || this.rules.parts.complete)) this.#close();
    return id;
  }

  take(): GenerationDelta | undefined {
    const { text, calls } = this.rules.parts.take();
    const logprobs = this.#logprobs.slice(this.#toldLogprobs);
    this.#toldLogprobs = this.#logprobs.length;
    if (text === '' && calls.length === 0 && logprobs.length === 0) return undefined;
    return {
      choice: this.choice,
      ...(text === '' ? {} : { text }),
      ...(calls.length === 0 ? {} : { toolCalls: calls }),
      ...(logprobs.length === 0 ? {} : { logprobs }),
    };
  }

  end(limit: boolean): GeneratedChoice {
    if (this.#finish === undefined) this.#close(limit && !this.rules.format?.isWhole ? 'length' : undefined);
    const { text, calls } = this.rules.parts;
    return {
      text,
      toolCalls: [...calls],
      finish: this.#finish ?? 'stop',
      ...(this.request.logprobs ? { logprobs: [...this.#logprobs] } : {}),
    };
  }

  #push(text: string): void {
    if (text === '') return;
    this.rules.parts.push(text);
    if (this.rules.parts.stopped) this.#close();
  }

  /** @param finish absent: the answer came to its own end */
  #close(finish?: FinishReason): void {
    const { parts, callsAreTheEnd } = this.rules;
    parts.push(this.#text.flush());
    parts.flush(finish === 'length');
    const own = callsAreTheEnd && parts.calls.length > 0 ? 'tool_calls' : 'stop';
    // What was held back to the end may be a stop text as well.
    this.#finish = parts.stopped ? own : (finish ?? own);
  }
}
