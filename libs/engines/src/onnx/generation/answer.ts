import type { GeneratedChoice } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { AnswerWriter } from '../../language';
import type { Order } from './order';
import type { Passage } from './passage';

/** One answer being written, in a row of its own. */
export class Answer {
  /** The last token that was chosen, which the decoder has not seen yet. */
  token = -1;
  /** All that were chosen, room for as many as may be. */
  readonly tokens: Int32Array;
  written = 0;
  result: GeneratedChoice | undefined;

  constructor(
    readonly order: Order,
    /** What it answers. */
    readonly passage: Passage,
    private readonly writer: AnswerWriter,
    limit: number,
  ) {
    this.tokens = new Int32Array(limit);
  }

  /** Whether its row is needed no more. */
  get isOver(): boolean {
    return this.result !== undefined || this.order.isOver;
  }

  /** Takes the logits of its next token, and tells what may leave. @throws ServingError `inference_failed` */
  advance(logits: Float32Array): void {
    // A model that is out of its numbers is so in all of them.
    if (Number.isNaN(logits[0]))
      throw new ServingError('inference_failed', 'The model gave numbers that are none (NaN).');
    this.token = this.writer.next(logits);
    this.tokens[this.written] = this.token;
    this.written += 1;
    const isFull = this.written === this.tokens.length;
    if (this.writer.finish !== undefined || isFull) this.result = this.writer.end(this.writer.finish === undefined);
    const delta = this.writer.take();
    if (delta) this.order.tell(delta, this.written);
  }
}
