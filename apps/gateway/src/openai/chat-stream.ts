import type { GenerationDelta, GenerationResult, ToolChoice } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
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
  spellUsage,
  type AnswerHead,
} from './spell-answer';
import { ToldText } from './told-text';

export const EVENT_STREAM = 'text/event-stream';

export const event = (data: unknown): Buffer => Buffer.from(`data: ${JSON.stringify(data)}\n\n`);

/** The last event, which is not part of what is on record: it leaves when that is committed. */
export const DONE = Buffer.from('data: [DONE]\n\n');

export interface ChatStreamOptions {
  readonly choices: number;
  readonly toolChoice: ToolChoice;
  readonly includeUsage: boolean;
  /** What the answer may hold of the bytes of all answers. */
  readonly share: Pick<ByteShare, 'hold'>;
  /** Told once, of the first words. */
  readonly onFirst: () => void;
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
      const bytes = Buffer.concat([...this.role(pending.choice), this.chunk(pending.take())]);
      this.sent.push(bytes);
      this.size += bytes.length;
      this.sink.write(bytes);
    }
  }

  /**
   * All events of the answer: those that have left, and those that may leave when it is on record.
   *
   * @throws ServingError `inference_failed` where the whole is not what was told on the way
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
      return [
        ...this.role(choice),
        ...(pending.isEmpty ? [] : [this.chunk(pending.take())]),
        this.choiceEvent(choice, {}, null, finishReason(whole.finish, this.options.toolChoice), fingerprint),
      ];
    });
    const usage = this.options.includeUsage
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

  /** The first event of a choice; none where it has been made. */
  private role(choice: number): Buffer[] {
    if (this.hasRole[choice]) return [];
    this.hasRole[choice] = true;
    return [this.choiceEvent(choice, { role: 'assistant', content: '' }, null, null)];
  }

  private chunk({ choice, text, reasoning, toolCalls, logprobs }: GenerationDelta): Buffer {
    const delta = {
      ...(text === undefined ? {} : { content: text }),
      ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
      ...(toolCalls === undefined ? {} : { tool_calls: spellCallParts(toolCalls) }),
    };
    return this.choiceEvent(choice, delta, spellLogprobs(logprobs), null);
  }

  private choiceEvent(
    index: number,
    delta: object,
    logprobs: unknown,
    finish: string | null,
    fingerprint?: string,
  ): Buffer {
    return event({
      ...this.chunkHead(),
      choices: [{ index, delta, logprobs, finish_reason: finish }],
      ...(this.options.includeUsage ? { usage: null } : {}),
      ...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }),
    });
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
