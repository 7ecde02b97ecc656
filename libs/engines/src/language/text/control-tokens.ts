import { GUARD } from './guard';

/** An entry of `added_tokens` that only a template may write: the text of a caller never becomes one. */
export interface ControlToken {
  readonly id: number;
  readonly text: string;
  /** White space before it, and after it, belongs to it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** It is no part of an answer's text. */
  readonly special: boolean;
}

/** A piece of a prompt: a control token, or text between them. */
export type PromptPiece = ControlToken | string;

/** A guard within a token's text has broken it already; one of a single character it can only follow. */
const isAt = ({ text: token }: ControlToken, text: string, at: number): boolean =>
  text.startsWith(token, at) &&
  (token.length > String.fromCodePoint(token.codePointAt(0) ?? 0).length || text.charAt(at + token.length) !== GUARD);

/**
 * Cuts a text at control tokens, at each place the longest; no piece of text is empty.
 */
export class ControlTokens {
  /** By first UTF-16 unit, longest first. */
  readonly #byFirst = new Map<string, ControlToken[]>();
  readonly #byText: ReadonlyMap<string, ControlToken>;

  constructor(readonly all: readonly ControlToken[]) {
    this.#byText = new Map(all.map((token) => [token.text, token]));
    for (const token of [...all].sort((a, b) => b.text.length - a.text.length)) {
      const first = token.text.charAt(0);
      const others = this.#byFirst.get(first);
      if (others) others.push(token);
      else this.#byFirst.set(first, [token]);
    }
  }

  get(text: string): ControlToken | undefined {
    return this.#byText.get(text);
  }

  cut(text: string): PromptPiece[] {
    const pieces: PromptPiece[] = [];
    let begin = 0;
    for (let at = 0; at < text.length; at += 1) {
      const found = this.#byFirst.get(text.charAt(at))?.find((token) => isAt(token, text, at));
      if (!found) continue;
      const before = text.slice(begin, at);
      pieces.push(found.lstrip ? before.trimEnd() : before, found);
      begin = at + found.text.length;
      if (found.rstrip) while (/\s/.test(text.charAt(begin))) begin += 1;
      at = begin - 1;
    }
    pieces.push(text.slice(begin));
    return pieces.filter((piece) => piece !== '');
  }
}
