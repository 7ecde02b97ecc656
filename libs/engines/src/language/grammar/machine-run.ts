import type { Tokenizer } from '../text/tokenizer';
import type { FormatMachine, FormatState } from './format-machine';
import type { FormatRun } from './format-run';
import type { TokenMasks } from './token-mask';

/** One answer held to a format. */
export class MachineRun implements FormatRun {
  #state: FormatState;

  constructor(
    private readonly machine: FormatMachine,
    private readonly masks: TokenMasks,
    private readonly tokenizer: Tokenizer,
    private readonly endTokens: ReadonlySet<number>,
    /** Any text could go on: it is whole only once its end token says so, and its limit cuts it wherever it is. */
    private readonly isText = false,
  ) {
    this.#state = machine.start;
  }

  get isWhole(): boolean {
    return this.#state.isWhole && !this.isText;
  }

  get isOver(): boolean {
    return this.#state.isWhole && this.#state.places.length === 0;
  }

  mask(row: Float32Array, left: number): boolean {
    const also = this.#state.isWhole ? this.endTokens : [];
    return this.masks.apply(row, this.machine, this.#state, this.isText ? Infinity : left, also) > 0;
  }

  accept(id: number): void {
    for (const byte of this.tokenizer.bytesOf(id)) {
      const next = this.machine.step(this.#state, byte);
      if (next === null) throw new RangeError('A token was written that the format rules out.');
      this.#state = next;
    }
  }
}
