import { NO, type Terminal } from './terminal';

/** Within a string: where in a character, an escape, or around it. After some the range of the next byte is narrower (RFC 3629). */
const At = {
  Before: 0,
  Inside: 1,
  Escape: 2,
  Hex1: 3,
  Hex2: 4,
  Hex3: 5,
  Hex4: 6,
  /** After `\ud`: a surrogate would begin with 8 to f. */
  HexAfterD: 7,
  Left1: 8,
  Left2: 9,
  Left3: 10,
  AfterE0: 11,
  AfterED: 12,
  AfterF0: 13,
  AfterF4: 14,
  End: 15,
} as const;

const STATES = 16;

/** By state: bytes that a character or an escape still takes. */
const REST: readonly number[] = [0, 0, 1, 4, 3, 2, 1, 3, 1, 2, 3, 2, 2, 3, 3, 0];

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPED = new Set(Array.from('"\\/bfnrt', (letter) => letter.charCodeAt(0)));

const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

const between = (byte: number, low: number, high: number): boolean => byte >= low && byte <= high;

/**
 * A JSON string with its quotes (RFC 8259, section 7): no control characters, only escapes that there are, UTF-8 that is one,
 * no escaped surrogates. Its length is counted in characters, as JSON Schema does.
 */
export class StringText implements Terminal {
  readonly start: number = At.Before;
  /** Above it the number of characters makes no difference. */
  readonly #most: number;

  constructor(
    private readonly min = 0,
    private readonly max = Infinity,
  ) {
    this.#most = max === Infinity ? min : max;
  }

  step(state: number, byte: number): number {
    const count = Math.floor(state / STATES);
    const at = state % STATES;
    const to = (next: number, characters = count): number => characters * STATES + next;
    const whole = (): number => to(At.Inside, Math.min(count + 1, this.#most));
    const follows = (next: number, low: number, high: number): number => (between(byte, low, high) ? to(next) : NO);
    switch (at) {
      case At.Before:
        return byte === QUOTE ? to(At.Inside) : NO;
      case At.Inside:
        if (byte === QUOTE) return count >= this.min ? to(At.End) : NO;
        return count >= this.max || byte < 0x20 ? NO : this.#begin(byte, to, whole);
      case At.Escape:
        if (byte === 0x75) return to(At.Hex1);
        return ESCAPED.has(byte) ? whole() : NO;
      case At.Hex1:
        return isHex(byte) ? to((byte | 0x20) === 0x64 ? At.HexAfterD : At.Hex2) : NO;
      case At.HexAfterD:
        return follows(At.Hex3, 0x30, 0x37);
      case At.Hex2:
        return isHex(byte) ? to(At.Hex3) : NO;
      case At.Hex3:
        return isHex(byte) ? to(At.Hex4) : NO;
      case At.Hex4:
        return isHex(byte) ? whole() : NO;
      case At.Left1:
        return between(byte, 0x80, 0xbf) ? whole() : NO;
      case At.Left2:
        return follows(At.Left1, 0x80, 0xbf);
      case At.Left3:
        return follows(At.Left2, 0x80, 0xbf);
      case At.AfterE0:
        return follows(At.Left1, 0xa0, 0xbf);
      case At.AfterED:
        return follows(At.Left1, 0x80, 0x9f);
      case At.AfterF0:
        return follows(At.Left2, 0x90, 0xbf);
      case At.AfterF4:
        return follows(At.Left2, 0x80, 0x8f);
      default:
        return NO;
    }
  }

  accepts(state: number): boolean {
    return state % STATES === At.End;
  }

  ended(state: number): boolean {
    return this.accepts(state);
  }

  /** Every byte may be a token of its own. */
  cost(state: number): number {
    const at = state % STATES;
    if (at === At.End) return 0;
    const count = Math.floor(state / STATES);
    const rest = REST[at] ?? 0;
    const begun = rest > 0 ? 1 : 0;
    return rest + Math.max(0, this.min - count - begun) + (at === At.Before ? 2 : 1);
  }

  #begin(byte: number, to: (next: number) => number, whole: () => number): number {
    if (byte === BACKSLASH) return to(At.Escape);
    if (byte < 0x80) return whole();
    if (byte === 0xe0) return to(At.AfterE0);
    if (byte === 0xed) return to(At.AfterED);
    if (byte === 0xf0) return to(At.AfterF0);
    if (byte === 0xf4) return to(At.AfterF4);
    if (between(byte, 0xc2, 0xdf)) return to(At.Left1);
    if (between(byte, 0xe1, 0xef)) return to(At.Left2);
    return between(byte, 0xf1, 0xf3) ? to(At.Left3) : NO;
  }
}
