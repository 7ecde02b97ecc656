/** Holds one answer to a format, token by token. */
export interface FormatRun {
  /**
   * Rules out, by -Infinity in the row, every token that may not follow.
   *
   * @param left tokens that may still be written, the one to be chosen among them: what could not be closed within them is ruled
   *   out too, as long as it can be closed at all
   * @returns whether any token is left
   */
  mask(row: Float32Array, left: number): boolean;
  /** Takes note of the token that was chosen. */
  accept(id: number): void;
  /** What was written is all that the format asks for. */
  readonly isWhole: boolean;
  /** It is whole, and nothing may follow. */
  readonly isOver: boolean;
}
