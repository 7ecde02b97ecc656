/**
 * A part of a text that is read byte by byte without looking at what stands around it: a word, a number, a string. Its states are
 * small whole numbers; a byte that may not follow leads to `NO`.
 */
export interface Terminal {
  readonly start: number;
  step(state: number, byte: number): number;
  /** What was read is all of it. */
  accepts(state: number): boolean;
  /** It is all of it, and no byte may follow. */
  ended(state: number): boolean;
  /** How few tokens lead from here to a state that it accepts, or more; never fewer than it takes. */
  cost(state: number): number;
}

export const NO = -1;
