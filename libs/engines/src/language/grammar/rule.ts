import type { Terminal } from './terminal';

/** What is read after a terminal, innermost first. Interned: equal ones are the same object. */
export interface Then {
  readonly id: number;
  readonly rule: Rule;
  readonly then: Then | undefined;
  /** Tokens that all of it takes at least. */
  readonly cost: number;
}

/** Collects where reading may go on. */
export interface Reader {
  /** A rule begins here, in its turn: once, however many ways lead to it. */
  begin(rule: Rule, then: Then | undefined): void;
  /** Here a terminal begins. */
  read(terminal: Terminal, then: Then | undefined): void;
  /** Nothing is read here: what follows begins. */
  pass(then: Then | undefined): void;
  link(rule: Rule, then: Then | undefined): Then;
}

/** A part of a format: terminals one after another, or one of several, or itself again. */
export interface Rule {
  /** How few tokens write it; Infinity: none do. */
  readonly cost: number;
  /** Reads the cost of its parts again. @returns whether its own is less now */
  measure(): boolean;
  begin(reader: Reader, then: Then | undefined): void;
}

abstract class MeasuredRule implements Rule {
  cost = Infinity;

  measure(): boolean {
    const cost = this.least();
    const isLess = cost < this.cost;
    if (isLess) this.cost = cost;
    return isLess;
  }

  protected abstract least(): number;
  abstract begin(reader: Reader, then: Then | undefined): void;
}

export class TerminalRule extends MeasuredRule {
  constructor(private readonly terminal: Terminal) {
    super();
  }

  protected least(): number {
    return this.terminal.cost(this.terminal.start);
  }

  begin(reader: Reader, then: Then | undefined): void {
    reader.read(this.terminal, then);
  }
}

export class Sequence extends MeasuredRule {
  constructor(private readonly parts: readonly Rule[]) {
    super();
  }

  protected least(): number {
    return this.parts.reduce((sum, { cost }) => sum + cost, 0);
  }

  begin(reader: Reader, then: Then | undefined): void {
    const rest = this.parts.slice(1).reduceRight<Then | undefined>((after, part) => reader.link(part, after), then);
    const [first] = this.parts;
    if (first) reader.begin(first, rest);
    else reader.pass(then);
  }
}

/** One of some; none of them can be written: neither can it. */
export class Choice extends MeasuredRule {
  constructor(private readonly options: readonly Rule[]) {
    super();
  }

  protected least(): number {
    return Math.min(Infinity, ...this.options.map(({ cost }) => cost));
  }

  begin(reader: Reader, then: Then | undefined): void {
    for (const option of this.options) if (option.cost < Infinity) reader.begin(option, then);
  }
}

/** A rule that is known later: it may hold itself. */
export class LateRule extends MeasuredRule {
  target: Rule | undefined;

  protected least(): number {
    return this.target?.cost ?? Infinity;
  }

  begin(reader: Reader, then: Then | undefined): void {
    if (this.target) reader.begin(this.target, then);
  }
}

export interface ListParts {
  readonly item: Rule;
  readonly separator: Rule;
  readonly close: Rule;
  readonly min: number;
  /** Infinity: no limit. */
  readonly max: number;
}

/** What follows `count` items of a list: the end, or a separator and one more. */
export class ListRest extends MeasuredRule {
  #next: ListRest | undefined;

  constructor(
    private readonly parts: ListParts,
    private readonly count: number,
  ) {
    super();
  }

  protected least(): number {
    const { item, separator, close, min, max } = this.parts;
    const missing = Math.max(0, min - this.count);
    if (min > max) return Infinity;
    const before = missing > 0 && this.count === 0 ? -separator.cost : 0;
    return close.cost + (missing === 0 ? 0 : missing * (item.cost + separator.cost) + before);
  }

  begin(reader: Reader, then: Then | undefined): void {
    const { item, separator, close, min, max } = this.parts;
    if (this.count >= min) reader.begin(close, then);
    if (this.count >= max || item.cost === Infinity) return;
    const rest = reader.link(this.#following(), then);
    if (this.count === 0) reader.begin(item, rest);
    else reader.begin(separator, reader.link(item, rest));
  }

  #following(): ListRest {
    const { min, max } = this.parts;
    if (max === Infinity && this.count >= Math.max(1, min)) return this;
    if (!this.#next) {
      this.#next = new ListRest(this.parts, this.count + 1);
      this.#next.measure();
    }
    return this.#next;
  }
}

/**
 * Finds out of every rule how few tokens write it, those that hold themselves among them.
 *
 * @param rules in the order they were made in: parts stand before what they are parts of, so that one pass is enough for most
 */
export function measureAll(rules: readonly Rule[]): void {
  let isLess = true;
  while (isLess) isLess = rules.reduce((any, rule) => rule.measure() || any, false);
}
