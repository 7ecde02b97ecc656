import { MAX_STATES } from './byte-automaton';
import { NumberText, type NumberBounds } from './number-text';
import { compilePattern, isWholeText, PatternNotKnown } from './pattern';
import { lengthsOf, type Lengths } from './pattern-lengths';
import { PatternText } from './pattern-text';
import { Choice, LateRule, ListRest, Sequence, TerminalRule, type ListParts, type Rule } from './rule';
import { formatText, isFormat } from './string-formats';
import { StringText } from './string-text';
import type { Terminal } from './terminal';
import type { VocabularyTrie } from './vocabulary-trie';
import { Words } from './words';

/** How deep objects and lists stand in each other where a schema leaves open what they hold. */
const FREE_DEPTH = 5;

/** Characters of a member's name where a schema leaves it open. */
const FREE_NAME = 64;

/** What all patterns of a schema may take together: states of their automata and ways between them. */
const MAX_PATTERNS_SIZE = 200_000;

/** The patterns of a schema are too much to read, all together. */
export class TooManyPatterns extends Error {}

/** Texts of a pattern, and how long they are. */
export interface PatternPart {
  readonly rule: Rule;
  readonly lengths: Lengths;
  /** They are whole texts, and not what is somewhere in one. */
  readonly isWhole: boolean;
}

/**
 * The parts of JSON texts. Between them is no white space but one space after a colon or a comma, where the model likes one: a
 * model that knows nothing could write spaces for ever.
 */
export class JsonParts {
  /** All that were made, for `measureAll`. */
  readonly rules: Rule[] = [];
  readonly #free: Rule[] = [];
  /** Of words and of lengths of strings: the same ones are the same rule, so that ways that differ in nothing are one. */
  readonly #plain = new Map<string, Rule>();
  /** By format, and by expression after a `/`; `null` for one that is not known. */
  readonly #patterns = new Map<string, PatternPart | null>();
  #patternsSize = 0;

  constructor(private readonly vocabulary: VocabularyTrie) {}

  words(words: readonly string[]): Rule {
    return this.#once(JSON.stringify(words), () => new Words(words, this.vocabulary));
  }

  terminal(terminal: Terminal): Rule {
    return this.#keep(new TerminalRule(terminal));
  }

  sequence(parts: readonly Rule[]): Rule {
    return this.#keep(new Sequence(parts));
  }

  choice(options: readonly Rule[]): Rule {
    return options.length === 1 && options[0] ? options[0] : this.#keep(new Choice(options));
  }

  late(): LateRule {
    return this.#keep(new LateRule());
  }

  /** @throws RangeError */
  number(bounds: NumberBounds): Rule {
    return this.terminal(new NumberText(bounds));
  }

  string(min = 0, max = Infinity): Rule {
    return this.#once(`${String(min)} ${String(max)}`, () => new StringText(min, max));
  }

  /** Of a format that is known: its terminal holds nothing of an answer, so all have the same one. */
  format(format: string): PatternPart | undefined {
    if (!isFormat(format)) return undefined;
    const known = this.#patterns.get(format);
    if (known) return known;
    const { text, lengths } = formatText(format);
    const made = { rule: this.terminal(text), lengths, isWhole: true };
    this.#patterns.set(format, made);
    return made;
  }

  /**
   * The same one for the same expression.
   *
   * @throws PatternNotKnown
   * @throws TooManyPatterns
   */
  pattern(expression: string): PatternPart {
    const key = `/${expression}`;
    const known = this.#patterns.get(key);
    if (known === null) throw new PatternNotKnown('as before');
    if (known) return known;
    if (this.#patternsSize > MAX_PATTERNS_SIZE) throw new TooManyPatterns();
    this.#patterns.set(key, null);
    this.#patternsSize += expression.length;
    const pattern = compilePattern(expression);
    // What it takes to find that it is too large.
    this.#patternsSize += MAX_STATES;
    const text = new PatternText(pattern);
    this.#patternsSize += text.size - MAX_STATES;
    const made = { rule: this.terminal(text), lengths: lengthsOf(pattern), isWhole: isWholeText(pattern) };
    this.#patterns.set(key, made);
    return made;
  }

  /** A list of brackets and items, the first of them as `prefix` says. */
  array(prefix: readonly Rule[], item: Rule, min: number, max: number): Rule {
    const rest = (count: number): Rule =>
      this.#list({ item, close: this.words([']']), min: min - count, max: max - count }, count > 0);
    const head = prefix.slice(0, Math.min(prefix.length, max));
    // Of a prefix as many as there have to be, then any number more, in order.
    const after = head.reduceRight<Rule>((following, part, index) => {
      const parts = this.sequence(index === 0 ? [part, following] : [this.words([',', ', ']), part, following]);
      return index >= min ? this.choice([this.words([']']), parts]) : parts;
    }, rest(head.length));
    return this.sequence([this.words(['[']), after]);
  }

  /** An object with any names, each of at most 64 characters, and values of one kind. */
  map(value: Rule, max: number): Rule {
    const member = this.sequence([this.string(0, FREE_NAME), this.words([':', ': ']), value]);
    return this.sequence([
      this.words(['{']),
      this.#list({ item: member, close: this.words(['}']), min: 0, max }, false),
    ]);
  }

  /** An object with these members, in this order. */
  object(members: readonly { readonly name: string; readonly value: Rule; readonly isRequired: boolean }[]): Rule {
    const close = this.words(['}']);
    // By index of the member that comes next: once as the first that is written, once after others.
    let first: Rule = close;
    let later: Rule = close;
    for (const { name, value, isRequired } of [...members].reverse()) {
      const key = JSON.stringify(name);
      const begin = this.words([`${key}:`, `${key}: `]);
      const continues = this.words([`,${key}:`, `, ${key}:`, `,${key}: `, `, ${key}: `]);
      const written = later;
      later = this.#either(isRequired, this.sequence([continues, value, written]), later);
      first = this.#either(isRequired, this.sequence([begin, value, written]), first);
    }
    return this.sequence([this.words(['{']), first]);
  }

  /** Any value, its objects and lists at most five deep in each other. */
  any(): Rule {
    return this.#any(FREE_DEPTH);
  }

  /** Any object, with any values. */
  anyObject(): Rule {
    return this.map(this.any(), Infinity);
  }

  #any(depth: number): Rule {
    const known = this.#free[depth];
    if (known) return known;
    const scalars = [this.string(), this.number({ integer: false }), this.words(['true', 'false', 'null'])];
    const inner = depth > 0 ? this.#any(depth - 1) : undefined;
    const made = this.choice(
      inner ? [...scalars, this.map(inner, Infinity), this.array([], inner, 0, Infinity)] : scalars,
    );
    this.#free[depth] = made;
    return made;
  }

  #either(isRequired: boolean, written: Rule, skipped: Rule): Rule {
    return isRequired ? written : this.choice([written, skipped]);
  }

  #list(parts: Omit<ListParts, 'separator'>, isAfterOthers: boolean): Rule {
    const separator = this.words([',', ', ']);
    const min = Math.max(0, parts.min);
    if (!isAfterOthers) return this.#keep(new ListRest({ ...parts, separator, min }, 0));
    // The count begins at one, so that a separator comes before the next item.
    return this.#keep(new ListRest({ ...parts, separator, min: min + 1, max: parts.max + 1 }, 1));
  }

  #once(key: string, make: () => Terminal): Rule {
    const known = this.#plain.get(key);
    if (known) return known;
    const made = this.terminal(make());
    this.#plain.set(key, made);
    return made;
  }

  #keep<T extends Rule>(rule: T): T {
    this.rules.push(rule);
    return rule;
  }
}
