import { ByteAutomaton } from './byte-automaton';
import { ByteTable } from './byte-table';
import type { Pattern } from './pattern';
import { NO, type Terminal } from './terminal';

const QUOTE = 0x22;

const BEFORE = 0;
const END = 1;
/** From here on: sets of the table. */
const INSIDE = 2;

/** A JSON string, with its quotes, whose text has a pattern. */
export class PatternText implements Terminal {
  readonly start = BEFORE;
  /** What it took to make it. */
  readonly size: number;
  readonly #table: ByteTable;

  /** @throws PatternNotKnown */
  constructor(pattern: Pattern) {
    const automaton = new ByteAutomaton(pattern);
    this.#table = new ByteTable(automaton);
    this.size = automaton.size + this.#table.size;
  }

  step(state: number, byte: number): number {
    if (state === END) return NO;
    if (state === BEFORE) return byte === QUOTE && this.#table.distance(0) < Infinity ? INSIDE : NO;
    // Elsewhere it is part of an escape.
    if (byte === QUOTE && this.#table.distance(state - INSIDE) === 0) return END;
    const next = this.#table.follow(state - INSIDE, byte);
    return next < 0 ? NO : next + INSIDE;
  }

  accepts(state: number): boolean {
    return state === END;
  }

  ended(state: number): boolean {
    return state === END;
  }

  cost(state: number): number {
    if (state === END) return 0;
    if (state === BEFORE) return 2 + this.#table.distance(0);
    return 1 + this.#table.distance(state - INSIDE);
  }
}
