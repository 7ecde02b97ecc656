import { ByteAutomaton } from './byte-automaton';
import type { Pattern } from './pattern';
import { NO, type Terminal } from './terminal';

const QUOTE = 0x22;

/** Sets of the automaton's states that are told apart; beyond them a text goes no further. */
const MAX_STATES = 4_096;

const BEFORE = 0;
const END = 1;

interface Inside {
  readonly states: readonly number[];
  readonly distance: number;
  readonly to: Map<number, number>;
}

/** A JSON string, with its quotes, whose text has a pattern. Sets of states are made when they are first met. */
export class PatternText implements Terminal {
  readonly start = BEFORE;
  readonly #automaton: ByteAutomaton;
  /** From state 2 on. */
  readonly #insides: Inside[] = [];
  readonly #known = new Map<string, number>();
  readonly #first: number;

  /** @throws PatternNotKnown */
  constructor(pattern: Pattern) {
    this.#automaton = new ByteAutomaton(pattern);
    this.#first = this.#state(this.#automaton.closure([this.#automaton.begin]));
  }

  /** What it took to make it. */
  get size(): number {
    return this.#automaton.size;
  }

  step(state: number, byte: number): number {
    if (state === END) return NO;
    if (state === BEFORE) return byte === QUOTE ? this.#first : NO;
    const inside = this.#insides[state - 2];
    if (!inside) return NO;
    // Elsewhere it is part of an escape.
    if (byte === QUOTE && inside.distance === 0) return END;
    const known = inside.to.get(byte);
    if (known !== undefined) return known;
    const next = this.#state(this.#automaton.follow(inside.states, byte));
    inside.to.set(byte, next);
    return next;
  }

  accepts(state: number): boolean {
    return state === END;
  }

  ended(state: number): boolean {
    return state === END;
  }

  cost(state: number): number {
    if (state === END) return 0;
    if (state === BEFORE) return this.#first === NO ? Infinity : 1 + this.cost(this.#first);
    return (this.#insides[state - 2]?.distance ?? Infinity) + 1;
  }

  #state(states: readonly number[]): number {
    if (states.length === 0) return NO;
    const key = states.join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#insides.length >= MAX_STATES) return NO;
    const made = this.#insides.push({ states, distance: this.#automaton.distance(states), to: new Map() }) + 1;
    this.#known.set(key, made);
    return made;
  }
}
