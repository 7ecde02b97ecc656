import { broken } from '../broken';
import { tokens, type Token } from './text-tokens';

/** A message in protobuf's text format: a field that comes more than once, or as a list, is an array. */
export type TextMessage = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 32;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '<': '>' };

class Parser {
  private position = 0;

  constructor(private readonly given: readonly Token[]) {}

  message(closing: string | undefined, depth = 0): TextMessage {
    if (depth > MAX_DEPTH) throw this.wrong('it is nested too deeply');
    const fields = new Map<string, { readonly values: unknown[]; isList: boolean }>();
    for (;;) {
      const token = this.take();
      if (token.kind === 'end' && closing === undefined) break;
      if (token.kind === 'mark' && token.text === closing) break;
      if (token.kind !== 'word') throw this.wrong('a field name is missing', token);
      const field = fields.get(token.text) ?? { values: [], isList: false };
      fields.set(token.text, field);
      const isNamed = this.skip(':');
      if (this.skip('[')) {
        field.isList = true;
        field.values.push(...this.list(depth));
      } else {
        field.values.push(this.value(isNamed, depth));
      }
      // Either may follow a field, neither has to.
      if (!this.skip(',')) this.skip(';');
    }
    return Object.fromEntries(
      [...fields].map(([name, { values, isList }]) => [name, isList || values.length > 1 ? values : values[0]]),
    );
  }

  private list(depth: number): unknown[] {
    const values: unknown[] = [];
    if (this.skip(']')) return values;
    do values.push(this.value(true, depth));
    while (this.skip(','));
    if (!this.skip(']')) throw this.wrong('a list is not closed');
    return values;
  }

  /** `mayBeScalar`: only a message may follow its name without a colon. */
  private value(mayBeScalar: boolean, depth: number): unknown {
    const token = this.take();
    if (token.kind === 'mark') {
      const closing = CLOSING[token.text];
      if (closing !== undefined) return this.message(closing, depth + 1);
      if (token.text === '-' && mayBeScalar) return -this.number();
    }
    if (!mayBeScalar) throw this.wrong('a colon is missing', token);
    switch (token.kind) {
      case 'text':
        return this.texts(token.text);
      case 'number':
        return token.value;
      case 'word':
        return wordValue(token.text);
      case 'mark':
      case 'end':
        throw this.wrong('a value is missing', token);
    }
  }

  private number(): number {
    const token = this.take();
    if (token.kind === 'number') return token.value;
    const value = token.kind === 'word' ? wordValue(token.text) : undefined;
    if (typeof value !== 'number') throw this.wrong('a number is missing', token);
    return value;
  }

  /** Texts one after another are one. */
  private texts(first: string): string {
    let text = first;
    for (let next = this.given[this.position]; next?.kind === 'text'; next = this.given[this.position]) {
      text += next.text;
      this.position += 1;
    }
    return text;
  }

  private skip(mark: string): boolean {
    const token = this.given[this.position];
    const isThere = token?.kind === 'mark' && token.text === mark;
    if (isThere) this.position += 1;
    return isThere;
  }

  private take(): Token {
    const token = this.given[this.position] ?? { kind: 'end', line: this.given.at(-1)?.line ?? 1 };
    this.position += 1;
    return token;
  }

  private wrong(what: string, token: Token | undefined = this.given[this.position]): Error {
    const line = token?.line ?? this.given.at(-1)?.line ?? 1;
    return broken(`config.pbtxt cannot be read: ${what}, in line ${String(line)}.`);
  }
}

function wordValue(word: string): unknown {
  switch (word.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'inf':
    case 'infinity':
      return Number.POSITIVE_INFINITY;
    case 'nan':
      return Number.NaN;
    default:
      // The name of an enum value.
      return word;
  }
}

/**
 * Parses protobuf's text format (protobuf.dev, "Text Format Language Specification") as far as a configuration needs it: no
 * extensions, no Any.
 *
 * @throws ServingError `model_broken` with the line
 */
export const parseTextFormat = (text: string): TextMessage => new Parser([...tokens(text)]).message(undefined);
