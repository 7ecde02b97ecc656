import type { GenerationDelta, GenerationResult, RunningUsage, ToolChoice } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { EVENT_STREAM } from '../http/event-stream';
import type { ModelChoice, StoredResult } from '../infer/ports';
import type { ByteShare } from './byte-budget';
import { errorObject } from './error-object';
import type { EventSink } from './event-sink';
import { OPENAI_LIMITS } from './limits';
import { PendingDelta, wholeDelta } from './pending-delta';
import {
  finishReason,
  fingerprintOf,
  spellCallParts,
  spellLogprobs,
  spellRunningUsage,
  spellUsage,
  type AnswerHead,
} from './spell-answer';
import { ToldText } from './told-text';

export const event = (data: unknown): Buffer => Buffer.from(`data: ${JSON.stringify(data)}\n\n`);

/** The last event, which is not part of what is on record: it leaves when that is committed. */
export const DONE = Buffer.from('data: [DONE]\n\n');

/** Where in a stream it is told what the answer took. */
export interface ToldUsage {
  /** By an event of its own, after the answer. */
  readonly atEnd: boolean;
  /** With every event, what it took so far. */
  readonly always: boolean;
}

export interface ChatStreamOptions {
  readonly choices: number;
  readonly toolChoice: ToolChoice;
  readonly usage: ToldUsage;
  /** What the answer may hold of the bytes of all answers. */
  readonly share: Pick<ByteShare, 'hold'>;
  /** Told once, of the first words. */
  readonly onFirst: () => void;
}

/** Of one event of a choice. */
interface EventParts {
  readonly delta: object;
  readonly logprobs?: unknown;
  readonly finish?: string | null;
  readonly usage?: RunningUsage | undefined;
  readonly fingerprint?: string;
}

/**
 * An answer that leaves while it is written, as events. What its reader cannot take yet is joined into one delta a choice, so that
 * a slow reader holds neither the model nor more than the answer's own length. Everything that left is kept until the end, since it
 * is what the record vouches for; its end leaves after the record only.
 */
export class ChatStream {
  private readonly sent: Buffer[] = [];
  private size = 0;
  private readonly pending: readonly PendingDelta[];
  private readonly hasRole: boolean[];
  private readonly told: readonly ToldText[];
  /** By choice, as it was told last. */
  private readonly running: (RunningUsage | undefined)[] = [];
  private isOver = false;
  private readonly overflow = new AbortController();

  constructor(
    private readonly head: AnswerHead,
    private readonly options: ChatStreamOptions,
    private readonly sink: EventSink,
  ) {
    this.pending = Array.from({ length: options.choices }, (_, choice) => new PendingDelta(choice));
    this.hasRole = this.pending.map(() => false);
    this.told = this.pending.map(() => new ToldText());
  }

  /** Aborts when the answer is larger than may be kept, with the error that it ends in. */
  get stop(): AbortSignal {
    return this.overflow.signal;
  }

  /** Bytes of events that have left. */
  get sentBytes(): number {
    return this.size;
  }

  onDelta(delta: GenerationDelta): void {
    const pending = this.pending[delta.choice];
    const told = this.told[delta.choice];
    if (this.isOver || pending === undefined || told === undefined) return;
    if (!this.told.some(({ hasBegun }) => hasBegun)) this.options.onFirst();
    told.add(delta.text ?? '');
    pending.add(delta);
    this.flush();
    this.checkSize();
  }

  /** Sends what is pending as far as the reader takes it. To be called when it takes more. */
  flush(): void {
    for (const pending of this.pending) {
      if (this.isOver || pending.isEmpty || !this.sink.takesMore) continue;
      const bytes = Buffer.concat(this.eventsOf(pending));
      this.sent.push(bytes);
      this.size += bytes.length;
      this.sink.write(bytes);
    }
  }

  /**
   * All events of the answer: those that have left, and those that may leave when it is on record.
   *
   * @throws ServingError `inference_failed` where the whole is not what was told on the way, or came to no end
   */
  compose(result: GenerationResult, model: ModelChoice): Buffer {
    this.isOver = true;
    const fingerprint = fingerprintOf(model);
    const rest = this.pending.flatMap((pending, choice) => {
      const whole = result.choices[choice];
      if (whole === undefined)
        throw new ServingError('inference_failed', 'The model gave fewer answers than asked for.');
      const told = this.told[choice];
      if (told?.hasBegun !== true) pending.add(wholeDelta(choice, whole));
      else if (!told.isWhole(whole.text))
        throw new ServingError('inference_failed', 'The whole answer is not what the model told while it wrote.');
      const before = pending.isEmpty ? this.role(choice) : this.eventsOf(pending);
      const finish = finishReason(whole.finish, this.options.toolChoice);
      // Of several answers the end tells only what all of them took.
      const usage = this.pending.length === 1 ? result.usage : this.running[choice];
      return [...before, this.choiceEvent(choice, { delta: {}, finish, usage, fingerprint })];
    });
    const usage = this.options.usage.atEnd
      ? [event({ ...this.chunkHead(), choices: [], usage: spellUsage(result.usage) })]
      : [];
    return Buffer.concat([...this.sent, ...rest, ...usage]);
  }

  /**
   * What left of an answer that ended otherwise, and the error that it ended in: it stands there for who hung up too, so that
   * nobody takes the beginning of an answer for all of it.
   *
   * @returns undefined where nothing has left
   */
  cutOff(error: ServingError): StoredResult | undefined {
    this.isOver = true;
    if (this.sent.length === 0) return undefined;
    const bytes = Buffer.concat([...this.sent, event({ error: errorObject(error) })]);
    return { bytes, contentType: EVENT_STREAM };
  }

  private checkSize(): void {
    const size = this.pending.reduce((sum, pending) => sum + pending.size, this.size);
    if (size > OPENAI_LIMITS.streamBytes) this.overflow.abort(tooLarge());
    else if (!this.options.share.hold(size)) this.overflow.abort(overloaded());
  }

  /** What is pending of a choice, behind its first event where that was not made. */
  private eventsOf(pending: PendingDelta): Buffer[] {
    const delta = pending.take();
    const { choice } = delta;
    const usage = delta.usage ?? this.running[choice];
    this.running[choice] = usage;
    return [...this.role(choice, usage), this.chunk(delta, usage)];
  }

  /** The first event of a choice; none where it has been made. */
  private role(choice: number, usage?: RunningUsage): Buffer[] {
    if (this.hasRole[choice]) return [];
    this.hasRole[choice] = true;
    const delta = { role: 'assistant', content: '' };
    return [this.choiceEvent(choice, { delta, usage: usage && { ...usage, completion: 0 } })];
  }

  private chunk(
    { choice, text, reasoning, toolCalls, logprobs }: GenerationDelta,
    usage: RunningUsage | undefined,
  ): Buffer {
    const delta = {
      ...(text === undefined ? {} : { content: text }),
      ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
      ...(toolCalls === undefined ? {} : { tool_calls: spellCallParts(toolCalls) }),
    };
    return this.choiceEvent(choice, { delta, logprobs: spellLogprobs(logprobs), usage });
  }

  private choiceEvent(
    index: number,
    { delta, logprobs = null, finish = null, usage, fingerprint }: EventParts,
  ): Buffer {
    return event({
      ...this.chunkHead(),
      choices: [{ index, delta, logprobs, finish_reason: finish }],
      ...this.usageOf(usage),
      ...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }),
    });
  }

  private usageOf(usage: RunningUsage | undefined): { readonly usage?: object | null } {
    const { atEnd, always } = this.options.usage;
    if (always && usage !== undefined) return { usage: spellRunningUsage(usage) };
    return atEnd || always ? { usage: null } : {};
  }

  private chunkHead() {
    const { id, created, model } = this.head;
    return { id, object: 'chat.completion.chunk', created, model };
  }
}

const tooLarge = (): ServingError =>
  new ServingError('too_large', 'The answer is larger than what can be kept of it.', {
    limit: `answer: ${String(OPENAI_LIMITS.streamBytes)} bytes of events`,
    remedy: 'Ask for fewer choices, fewer tokens or no log probabilities.',
  });

const overloaded = (): ServingError =>
  new ServingError('overloaded', 'The answers that wait for their readers hold as many bytes as may.', {
    limit: `answers under way: ${String(OPENAI_LIMITS.streamsBytes)} bytes`,
  });
