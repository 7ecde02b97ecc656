import { charactersOf, negated, unionOf, type CharacterSet } from './character-set';

/** A regular expression without what no automaton reads. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number };

/** The pattern has what is not read here: look-around, references, boundaries, classes of Unicode. */
export class PatternNotKnown extends Error {}

const MAX_LENGTH = 1_024;
const MAX_REPEAT = 1_000;
const MAX_NESTING = 64;

const DIGITS = charactersOf(['0', '9']);
const WORDS = charactersOf(['0', '9'], ['A', 'Z'], '_', ['a', 'z']);
/** Line terminators of ECMA-262. */
const LINE_ENDS = charactersOf('\n', '\r', ['\u2028', '\u2029']);
/** White space of ECMA-262, with them. */
const SPACES = unionOf([
  LINE_ENDS,
  charactersOf(['\t', '\r'], ' ', '\u00a0', '\u1680', ['\u2000', '\u200a'], '\u202f', '\u205f', '\u3000', '\ufeff'),
]);
const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  D: negated(DIGITS),
  w: WORDS,
  W: negated(WORDS),
  s: SPACES,
  S: negated(SPACES),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };

const DOT = negated(LINE_ENDS);
const ANY: Pattern = {
  kind: 'repeat',
  part: { kind: 'set', set: negated([]) },
  min: 0,
  max: Infinity,
};

const charSet = (code: number): CharacterSet => [[code, code]];

/** Reads ECMA-262 expressions, as JSON Schema has them. */
class PatternReader {
  readonly #characters: readonly string[];
  #at = 0;
  #nesting = 0;

  constructor(text: string) {
    this.#characters = Array.from(text);
  }

  /** A pattern may stand anywhere in the text, unless its branches say otherwise. */
  read(): Pattern {
    const options = [this.#branch()];
    while (this.#eat('|')) options.push(this.#branch());
    if (this.#at < this.#characters.length) throw new PatternNotKnown('a closing bracket too many');
    return { kind: 'choice', options };
  }

  #branch(): Pattern {
    const fromBegin = this.#eat('^');
    const parts = this.#parts();
    const toEnd = this.#eat('$');
    return { kind: 'sequence', parts: [...(fromBegin ? [] : [ANY]), ...parts, ...(toEnd ? [] : [ANY])] };
  }

  #parts(): Pattern[] {
    const parts: Pattern[] = [];
    for (let next = this.#peek(); next !== undefined && !'|)$'.includes(next); next = this.#peek())
      parts.push(this.#repeated(this.#atom()));
    return parts;
  }

  #group(): Pattern {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw new PatternNotKnown('nesting');
    if (this.#eat('?') && !this.#eat(':')) this.#groupName();
    const options: Pattern[] = [{ kind: 'sequence', parts: this.#parts() }];
    while (this.#eat('|')) options.push({ kind: 'sequence', parts: this.#parts() });
    if (!this.#eat(')')) throw new PatternNotKnown('a group');
    this.#nesting -= 1;
    return { kind: 'choice', options };
  }

  #groupName(): void {
    if (!this.#eat('<') || this.#peek() === '=' || this.#peek() === '!') throw new PatternNotKnown('look-around');
    while (!this.#eat('>')) this.#take();
  }

  #atom(): Pattern {
    const character = this.#take();
    if (character === '(') return this.#group();
    if (character === '[') return { kind: 'set', set: this.#set() };
    if (character === '.') return { kind: 'set', set: DOT };
    if (character === '\\') return { kind: 'set', set: this.#escape() };
    if ('^*+?{}'.includes(character)) throw new PatternNotKnown(character);
    return { kind: 'set', set: charSet(character.codePointAt(0) as number) };
  }

  #repeated(part: Pattern): Pattern {
    const range = this.#range();
    if (!range) return part;
    // Whether it takes as little or as much as it can makes no difference to what fits.
    this.#eat('?');
    return { kind: 'repeat', part, ...range };
  }

  #range(): { min: number; max: number } | undefined {
    if (this.#eat('*')) return { min: 0, max: Infinity };
    if (this.#eat('+')) return { min: 1, max: Infinity };
    if (this.#eat('?')) return { min: 0, max: 1 };
    if (!this.#eat('{')) return undefined;
    const min = this.#count();
    const max = this.#eat(',') ? (this.#peek() === '}' ? Infinity : this.#count()) : min;
    if (!this.#eat('}') || max < min) throw new PatternNotKnown('a number of times');
    return { min, max };
  }

  #count(): number {
    let digits = '';
    while (/^[0-9]$/.test(this.#peek() ?? '')) digits += this.#take();
    if (digits === '' || Number(digits) > MAX_REPEAT) throw new PatternNotKnown('a number of times');
    return Number(digits);
  }

  #set(): CharacterSet {
    const isNegated = this.#eat('^');
    const sets: CharacterSet[] = [];
    while (!this.#eat(']')) {
      const from = this.#member();
      if (this.#peek() !== '-' || this.#characters[this.#at + 1] === ']') {
        sets.push(from.set);
        continue;
      }
      this.#take();
      const to = this.#member();
      if (from.code === undefined || to.code === undefined || from.code > to.code) throw new PatternNotKnown('a range');
      sets.push([[from.code, to.code]]);
    }
    const set = unionOf(sets);
    return isNegated ? negated(set) : set;
  }

  #member(): { set: CharacterSet; code: number | undefined } {
    const character = this.#take();
    if (character !== '\\') return { set: charSet(character.codePointAt(0) as number), code: character.codePointAt(0) };
    if (this.#peek() === 'b') {
      this.#take();
      return { set: charSet(8), code: 8 };
    }
    const set = this.#escape();
    const [range, ...others] = set;
    return { set, code: range && range[0] === range[1] && others.length === 0 ? range[0] : undefined };
  }

  #escape(): CharacterSet {
    const letter = this.#take();
    const known = Object.hasOwn(CLASSES, letter) ? CLASSES[letter] : undefined;
    if (known) return known;
    const control = Object.hasOwn(CONTROLS, letter) ? CONTROLS[letter] : undefined;
    if (control !== undefined) return charSet(control);
    if (letter === 'x' || letter === 'u') return charSet(this.#hex(letter === 'x' ? 2 : 4));
    if (/^[A-Za-z0-9]$/.test(letter)) throw new PatternNotKnown(`\\${letter}`);
    return charSet(letter.codePointAt(0) as number);
  }

  #hex(length: number): number {
    const digits = Array.from({ length }, () => this.#take()).join('');
    const code = /^[0-9A-Fa-f]+$/.test(digits) ? parseInt(digits, 16) : NaN;
    if (Number.isNaN(code) || (code >= 0xd800 && code <= 0xdfff)) throw new PatternNotKnown('a code');
    return code;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(): string {
    const character = this.#characters[this.#at];
    if (character === undefined) throw new PatternNotKnown('its end');
    this.#at += 1;
    return character;
  }

  #eat(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

/** @throws PatternNotKnown */
export function compilePattern(text: string): Pattern {
  if (text.length > MAX_LENGTH) throw new PatternNotKnown('length');
  return new PatternReader(text).read();
}

/** Whether every branch of an expression says where the text begins and where it ends. @param pattern as `compilePattern` made it */
export const isWholeText = (pattern: Pattern): boolean =>
  pattern.kind === 'choice' &&
  pattern.options.every(
    (branch) => branch.kind === 'sequence' && branch.parts[0] !== ANY && branch.parts.at(-1) !== ANY,
  );
