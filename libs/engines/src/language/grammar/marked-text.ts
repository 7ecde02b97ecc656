import { NO, type Terminal } from './terminal';

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
const BRACE = 0x7b;

/** Tokens; dearer than to end the text, which may be done anywhere: nobody has to write a mark. */
const UNASKED = 1e9;

/**
 * Any text as far as an object after a mark: the mark, white space of JSON, and the object's `{`. A mark that no object follows is
 * text like any other. States are how much of the mark the text ends with; one more for the whole of it, and one for the object.
 */
abstract class MarkedText implements Terminal {
  readonly start = 0;
  protected readonly begun: number;
  readonly #mark: Uint8Array;

  /** @param mark its first character stands in it once, so that what fails to be one can only be the beginning of another */
  constructor(mark: string) {
    this.#mark = new TextEncoder().encode(mark);
    if (this.#mark.lastIndexOf(this.#mark[0] as number) > 0) throw new RangeError('The mark may begin within itself.');
    this.begun = this.#mark.length + 1;
  }

  step(state: number, byte: number): number {
    if (state === this.begun) return NO;
    if (state < this.#mark.length) return byte === this.#mark[state] ? state + 1 : this.#begin(byte);
    if (isSpace(byte)) return state;
    return byte === BRACE ? this.begun : this.#begin(byte);
  }

  abstract accepts(state: number): boolean;

  ended(state: number): boolean {
    return state === this.begun;
  }

  abstract cost(state: number): number;

  #begin(byte: number): number {
    return byte === this.#mark[0] ? 1 : 0;
  }
}

/** A text in which no object follows the mark. */
export class TextWithoutMark extends MarkedText {
  override step(state: number, byte: number): number {
    const next = super.step(state, byte);
    return next === this.begun ? NO : next;
  }

  accepts(): boolean {
    return true;
  }

  cost(): number {
    return 0;
  }
}

/** A text up to the first `{` that follows the mark, and with it. */
export class TextToMark extends MarkedText {
  accepts(state: number): boolean {
    return state === this.begun;
  }

  cost(): number {
    return UNASKED;
  }
}
