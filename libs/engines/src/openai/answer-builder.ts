import type {
  FinishReason,
  GeneratedChoice,
  GenerationDelta,
  GenerationRequest,
  TokenLogprob,
  ToolCall,
} from '@medserve/clinical';
import { RUN_LOST, ServingError } from '@medserve/errors';
import type { ChatChunk, ChunkChoice, ChunkLogprob } from './chat-chunk';

type Asked = Pick<GenerationRequest, 'choices' | 'logprobs'>;
type CallDelta = NonNullable<GenerationDelta['toolCalls']>[number];

interface Draft {
  text: string;
  reasoning: string;
  readonly calls: Map<number, { id: string; name: string; arguments: string }>;
  readonly logprobs: TokenLogprob[];
  /** The first half of a character that a server cut in two. */
  half: string;
  finish: string | undefined;
}

const HIGH_SURROGATE = /[\ud800-\udbff]$/;

/** JSON has no minus infinity: servers send null, or a very small number. */
const LEAST = -9_999;

const utf8 = (text: string): number[] => [...Buffer.from(text, 'utf8')];

const logprobOf = ({ token, logprob, bytes }: Omit<ChunkLogprob, 'top_logprobs'>) => ({
  token,
  logprob: Math.min(0, logprob ?? LEAST),
  bytes: bytes ?? utf8(token),
});

const tooMuch = (): ServingError =>
  new ServingError('inference_failed', 'A server of the pool wrote more than it was asked for.');

const saysNothing = ({ delta, logprobs }: ChunkChoice): boolean =>
  [delta?.content, delta?.reasoning_content, delta?.reasoning, delta?.tool_calls, logprobs?.content].every(
    (said) => (said?.length ?? 0) === 0,
  );

function finishOf({ finish, calls }: Draft): FinishReason {
  switch (finish) {
    case 'length':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return 'tool_calls';
    case 'abort':
    case 'error':
      throw new ServingError('inference_failed', 'A server of the pool gave up its answer.', RUN_LOST);
    case undefined:
    default:
      return calls.size > 0 ? 'tool_calls' : 'stop';
  }
}

/** Puts together the answers that a stream of chunks writes, and tells what each chunk added. */
export class AnswerBuilder {
  private readonly drafts: readonly Draft[];
  private characters = 0;
  /** Chunks that held words: about as many as tokens, for servers that do not count them. */
  written = 0;

  /** @param maxCharacters of everything that is kept */
  constructor(
    private readonly asked: Asked,
    private readonly maxCharacters: number,
  ) {
    this.drafts = Array.from({ length: asked.choices }, () => ({
      text: '',
      reasoning: '',
      calls: new Map(),
      logprobs: [],
      half: '',
      finish: undefined,
    }));
  }

  /** @throws ServingError `inference_failed` when it holds what was not asked for */
  take(chunk: ChatChunk): readonly GenerationDelta[] {
    return chunk.choices.map((choice) => this.takeChoice(choice)).filter((delta) => delta !== undefined);
  }

  get isWhole(): boolean {
    return this.drafts.every(({ finish }) => finish !== undefined);
  }

  /** @throws ServingError `inference_failed` when an answer has no end */
  choices(): readonly GeneratedChoice[] {
    if (!this.isWhole) {
      throw new ServingError(
        'inference_failed',
        this.drafts.some(({ finish }) => finish !== undefined)
          ? 'The server of the pool wrote fewer answers than were asked for.'
          : 'The server of the pool broke off its answer.',
      );
    }
    return this.drafts.map((draft) => ({
      text: draft.text,
      ...(draft.reasoning !== '' && { reasoning: draft.reasoning }),
      toolCalls: [...draft.calls].sort(([a], [b]) => a - b).map(([, call]): ToolCall => call),
      finish: finishOf(draft),
      ...(this.asked.logprobs !== undefined && { logprobs: draft.logprobs }),
    }));
  }

  private takeChoice(choice: ChunkChoice): GenerationDelta | undefined {
    const draft = this.drafts[choice.index];
    if (!draft) throw tooMuch();
    const { delta } = choice;
    if (draft.finish !== undefined) {
      // What comes after an answer's end is no part of it; gateways before servers send their usage with a choice that says nothing.
      if (saysNothing(choice)) return undefined;
      throw tooMuch();
    }
    const finish = choice.finish_reason ?? undefined;
    const text = this.wholeCharacters(draft, delta?.content ?? '', finish !== undefined);
    const reasoning = delta?.reasoning_content ?? delta?.reasoning ?? '';
    const toolCalls = (delta?.tool_calls ?? []).map((call) => this.takeCall(draft, choice.index, call));
    const logprobs = this.takeLogprobs(draft, choice);
    draft.text += text;
    draft.reasoning += reasoning;
    draft.finish = finish;
    this.count(text.length + reasoning.length);
    const says = text !== '' || reasoning !== '' || toolCalls.length > 0 || logprobs.length > 0;
    // A token may be part of a character, or have no text at all.
    if (says || (typeof delta?.content === 'string' && !delta.role && finish === undefined)) this.written += 1;
    if (!says) return undefined;
    return {
      choice: choice.index,
      ...(text !== '' && { text }),
      ...(reasoning !== '' && { reasoning }),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(logprobs.length > 0 && { logprobs }),
    };
  }

  /** Texts end between characters: half of one waits for the other. */
  private wholeCharacters(draft: Draft, content: string, isLast: boolean): string {
    const text = draft.half + content;
    draft.half = !isLast && HIGH_SURROGATE.test(text) ? text.slice(-1) : '';
    return text.slice(0, text.length - draft.half.length).toWellFormed();
  }

  private takeCall(
    draft: Draft,
    choice: number,
    { index, id, function: piece }: NonNullable<NonNullable<ChunkChoice['delta']>['tool_calls']>[number],
  ): CallDelta {
    const added = piece?.arguments ?? '';
    const known = draft.calls.get(index);
    this.count(added.length + 64);
    if (known) {
      known.arguments += added;
      // Some servers say the name again with each piece.
      const named = known.name === '' && piece?.name ? { name: (known.name = piece.name) } : {};
      return { index, ...named, arguments: added };
    }
    const call = { id: id ?? `call_${String(choice)}_${String(index)}`, name: piece?.name ?? '', arguments: added };
    draft.calls.set(index, call);
    return { index, id: call.id, ...(call.name !== '' && { name: call.name }), arguments: added };
  }

  private takeLogprobs(draft: Draft, { logprobs }: ChunkChoice): readonly TokenLogprob[] {
    const { logprobs: wanted } = this.asked;
    if (!wanted) return [];
    const taken = (logprobs?.content ?? []).map((token) => ({
      ...logprobOf(token),
      top: (token.top_logprobs ?? []).slice(0, wanted.top).map(logprobOf),
    }));
    this.count(taken.reduce((sum, { top }) => sum + 16 * (1 + top.length), 0));
    draft.logprobs.push(...taken);
    return taken;
  }

  private count(characters: number): void {
    this.characters += characters;
    if (this.characters > this.maxCharacters) throw tooMuch();
  }
}
