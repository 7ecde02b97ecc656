import { broken } from '../broken';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly line: number }
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'number'; readonly value: number; readonly line: number }
  | { readonly kind: 'mark'; readonly text: string; readonly line: number }
  | { readonly kind: 'end'; readonly line: number };

const SPACE = /[\s]+|#[^\n]*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?/y;
const TEXT = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'/y;
const MARK = /[:{}<>[\],;-]/y;

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
const ESCAPE = /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]+/gsu;

/** Escapes stand for bytes, which together are UTF-8. */
function unescape(quoted: string): string {
  const pieces: Buffer[] = [];
  for (const [piece, octal, hex, short, long, letter] of quoted.matchAll(ESCAPE)) {
    const point = short ?? long;
    if (octal !== undefined) pieces.push(Buffer.of(Number.parseInt(octal, 8) & 0xff));
    else if (hex !== undefined) pieces.push(Buffer.of(Number.parseInt(hex, 16)));
    else if (point !== undefined)
      pieces.push(Buffer.from(String.fromCodePoint(Math.min(Number.parseInt(point, 16), 0x10ffff))));
    else if (letter !== undefined)
      pieces.push(ESCAPES[letter] === undefined ? Buffer.from(letter) : Buffer.of(ESCAPES[letter]));
    else pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces).toString('utf8');
}

function numberOf(text: string): number {
  if (/^0[xX]/.test(text)) return Number(text);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return Number(text.replace(/[fF]$/, ''));
}

/** @throws ServingError `model_broken` at the first character that begins no token */
export function* tokens(text: string): Generator<Token> {
  let position = 0;
  let line = 1;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    position += found?.length ?? 0;
    return found;
  };
  while (position < text.length) {
    const space = match(SPACE);
    if (space !== undefined) {
      line += space.split('\n').length - 1;
      continue;
    }
    const word = match(WORD);
    const number = word === undefined ? match(NUMBER) : undefined;
    const quoted = word === undefined && number === undefined ? match(TEXT) : undefined;
    if (word !== undefined) yield { kind: 'word', text: word, line };
    else if (number !== undefined) yield { kind: 'number', value: numberOf(number), line };
    else if (quoted !== undefined) yield { kind: 'text', text: unescape(quoted.slice(1, -1)), line };
    else {
      const mark = match(MARK);
      if (mark === undefined) throw broken(`config.pbtxt cannot be read: line ${String(line)} is no text format.`);
      yield { kind: 'mark', text: mark, line };
    }
  }
  yield { kind: 'end', line };
}
