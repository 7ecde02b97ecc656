import type { GeneratedChoice, GenerationDelta, RunningUsage, TokenLogprob } from '@medserve/clinical';

type CallPart = NonNullable<GenerationDelta['toolCalls']>[number];

/** What was written of one choice and has not been sent: one delta, however many it was made of. */
export class PendingDelta {
  private text = '';
  private reasoning = '';
  private calls: CallPart[] = [];
  private logprobs: TokenLogprob[] = [];
  private usage: RunningUsage | undefined;
  /** In characters, about as it will be spelt. */
  size = 0;

  constructor(readonly choice: number) {}

  get isEmpty(): boolean {
    return this.size === 0;
  }

  add({ text = '', reasoning = '', toolCalls = [], logprobs = [], usage }: GenerationDelta): void {
    this.usage = usage ?? this.usage;
    this.text += text;
    this.reasoning += reasoning;
    for (const call of toolCalls) this.addCall(call);
    this.logprobs.push(...logprobs);
    this.size += text.length + reasoning.length + sizeOf(toolCalls) + LOGPROB_CHARACTERS * tokensIn(logprobs);
  }

  /** What was pending; nothing is any more. */
  take(): GenerationDelta {
    const { choice, text, reasoning, calls, logprobs, usage } = this;
    this.text = '';
    this.reasoning = '';
    this.calls = [];
    this.logprobs = [];
    this.size = 0;
    return {
      choice,
      ...(text === '' ? {} : { text }),
      ...(reasoning === '' ? {} : { reasoning }),
      ...(calls.length === 0 ? {} : { toolCalls: calls }),
      ...(logprobs.length === 0 ? {} : { logprobs }),
      ...(usage === undefined ? {} : { usage }),
    };
  }

  /** Pieces of one call become one piece; what names a call begins it. */
  private addCall(call: CallPart): void {
    const last = this.calls.at(-1);
    if (last?.index !== call.index || call.id !== undefined) this.calls.push(call);
    else this.calls[this.calls.length - 1] = { ...last, ...call, arguments: last.arguments + call.arguments };
  }
}

/** A whole choice as one delta, for an answer that came without any. */
export const wholeDelta = (choice: number, whole: GeneratedChoice): GenerationDelta => ({
  choice,
  ...(whole.text === '' ? {} : { text: whole.text }),
  ...(whole.reasoning === undefined ? {} : { reasoning: whole.reasoning }),
  ...(whole.toolCalls.length === 0 ? {} : { toolCalls: whole.toolCalls.map((call, index) => ({ index, ...call })) }),
  ...(whole.logprobs === undefined ? {} : { logprobs: whole.logprobs }),
});

/** Of a token with its probability and those of its rivals: what it takes at the least. */
const LOGPROB_CHARACTERS = 64;

const tokensIn = (logprobs: readonly TokenLogprob[]): number =>
  logprobs.reduce((sum, { top }) => sum + 1 + top.length, 0);

const sizeOf = (calls: readonly CallPart[]): number =>
  calls.reduce((sum, { id = '', name = '', arguments: piece }) => sum + id.length + name.length + piece.length + 1, 0);
