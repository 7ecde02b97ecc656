import type { FinishReason, GeneratedChoice, GenerationDelta } from '@medserve/clinical';

/** Writes one answer: the engine gives it logits, it chooses tokens and says what may leave. */
export interface AnswerWriter {
  /**
   * Chooses the next token of a row of logits, which it may change, and takes note of it. After it `finish` may be there: then
   * nothing more is asked of it but `take` and `end`.
   *
   * @throws ServingError `inference_failed` where no token has a finite logit
   */
  next(logits: Float32Array): number;
  /** What was written since the call before and may leave now; `undefined`: nothing. */
  take(): GenerationDelta | undefined;
  /** Why the answer is over; `undefined` while it is not. */
  readonly finish: FinishReason | undefined;
  /**
   * Closes the answer: what was held back may leave, by one more `take`.
   *
   * @param limit whether it is over because no more tokens may be written
   */
  end(limit: boolean): GeneratedChoice;
}
