import { DIGITS, FRACTION_DIGITS, lcm, ONE, rangeOf, stepOf, type NumberBounds } from './number-range';
import { NO, type Terminal } from './terminal';
import { mostFraction, packed, unpacked, wholeLength, withCharacter, type WrittenNumber } from './written-number';

export type { NumberBounds } from './number-range';

/** Beginnings that are kept to be met again; beyond them all are forgotten. */
const MAX_KEPT = 8_192;

const POWERS = Array.from({ length: DIGITS + FRACTION_DIGITS + 1 }, (_, power) => 10n ** BigInt(power));
const power = (exponent: number): bigint => POWERS[exponent] as bigint;

const ceilTo = (value: bigint, step: bigint): bigint => {
  const rest = ((value % step) + step) % step;
  return rest === 0n ? value : value - rest + step;
};

/** Nothing; a minus; a number to which nothing may be added. From `FIRST` on: what was written, packed. */
const EMPTY = 0;
const MINUS = 1;
const DONE = 2;
const FIRST = 3;

interface Beginning {
  /** Bytes to the nearest number that is allowed. */
  readonly distance: number;
  /** By byte: the state that it leads to. */
  readonly to: Map<number, number>;
}

const CHARACTERS = '-.0123456789';

/**
 * A number within bounds. A byte may follow as long as some number that is allowed begins so: no table of a range has to be made.
 *
 * A state is what was written, packed into a whole number, so that it can be told from the state alone: what is known of states
 * is only kept to be quicker, and may be forgotten while answers stand on them. Beginnings that go on alike share the state of the
 * one that was met first, so that a machine has few to keep; which one that is makes no difference to what may follow.
 */
export class NumberText implements Terminal {
  readonly start = EMPTY;
  readonly #kept = new Map<number, Beginning>();
  readonly #byLike = new Map<string, number>();
  readonly #low: bigint;
  readonly #high: bigint;
  /** By digits after the point: what all numbers of so many are multiples of, in units. */
  readonly #multiples: readonly bigint[];

  /** @throws RangeError where the last digit that is written here is too coarse for `multipleOf` */
  constructor(private readonly bounds: NumberBounds) {
    const { low, high } = rangeOf(bounds);
    this.#low = low;
    this.#high = high;
    const step = stepOf(bounds);
    this.#multiples = POWERS.slice(0, FRACTION_DIGITS + 1)
      .reverse()
      .map((unit) => lcm(unit, step));
  }

  step(state: number, byte: number): number {
    if (state === DONE) return NO;
    const { to } = this.#beginning(state);
    const known = to.get(byte);
    if (known !== undefined) return known;
    const next = this.#next(state, String.fromCharCode(byte));
    to.set(byte, next);
    return next;
  }

  accepts(state: number): boolean {
    return this.cost(state) === 0;
  }

  ended(state: number): boolean {
    return this.accepts(state) && Array.from(CHARACTERS).every((c) => this.step(state, c.charCodeAt(0)) === NO);
  }

  cost(state: number): number {
    return state === DONE ? 0 : this.#beginning(state).distance;
  }

  #beginning(state: number): Beginning {
    const known = this.#kept.get(state);
    if (known) return known;
    const distance = state < FIRST ? this.#firstDistance(state === MINUS) : this.#distance(unpacked(state - FIRST));
    return this.#keep(state, distance);
  }

  #keep(state: number, distance: number): Beginning {
    if (this.#kept.size >= MAX_KEPT) {
      this.#kept.clear();
      this.#byLike.clear();
    }
    const made = { distance, to: new Map<number, number>() };
    this.#kept.set(state, made);
    return made;
  }

  #next(state: number, character: string): number {
    if (!CHARACTERS.includes(character)) return NO;
    if (state >= FIRST) return this.#stateOf(withCharacter(unpacked(state - FIRST), character));
    if (character === '-') return state === EMPTY && this.#firstDistance(true) < Infinity ? MINUS : NO;
    if (character === '.') return NO;
    return this.#stateOf({ isNegative: state === MINUS, digits: Number(character), fraction: -1 });
  }

  #stateOf(written: WrittenNumber | undefined): number {
    if (!written) return NO;
    const distance = this.#distance(written);
    if (distance === Infinity) return NO;
    const { fraction } = written;
    const length = wholeLength(written);
    if (fraction < 0 ? length === DIGITS : fraction === mostFraction(length)) return DONE;
    const key = this.#likeOf(written);
    const known = this.#byLike.get(key);
    if (known !== undefined) return known;
    const state = packed(written) + FIRST;
    if (!this.#kept.has(state)) this.#keep(state, distance);
    this.#byLike.set(key, state);
    return state;
  }

  /**
   * What beginnings that go on alike have in common: how many digits may follow, what is left over of the step, and on which side
   * of the bounds all lie that they may become; where a bound runs through these, the digits themselves. As nothing is
   * both zero and below it, zeros after a minus are told from other digits.
   */
  #likeOf(written: WrittenNumber): string {
    const { isNegative, digits, fraction } = written;
    const length = wholeLength(written);
    const isZero = digits === 0;
    const value = BigInt(digits);
    const unit = power(FRACTION_DIGITS - Math.max(0, fraction));
    const rest = value % ((this.#multiples[Math.max(0, fraction)] as bigint) / unit);
    const shape = `${String(isNegative)} ${String(isZero && (isNegative || fraction < 0))} ${String(length)} ${String(fraction)}`;
    const more = fraction >= 0 || isZero ? 0 : DIGITS - length;
    const sides = Array.from({ length: more + 1 }, (_, k) =>
      this.#sideOf(value * unit * power(k), (value + 1n) * unit * power(k) - 1n, isNegative),
    );
    return sides.includes('across')
      ? `${shape} = ${String(digits)}`
      : `${shape} ${String(rest)} ${String(sides.indexOf('in'))} ${String(sides.lastIndexOf('in'))}`;
  }

  #sideOf(low: bigint, high: bigint, isNegative: boolean): 'in' | 'out' | 'across' {
    const [least, most] = isNegative ? [-this.#high, -this.#low] : [this.#low, this.#high];
    if (low >= least && high <= most) return 'in';
    return high < least || low > most ? 'out' : 'across';
  }

  #firstDistance(isAfterMinus: boolean): number {
    const digits = Array.from({ length: 10 }, (_, digit) =>
      this.#distance({ isNegative: isAfterMinus, digits: digit, fraction: -1 }),
    );
    return 1 + Math.min(...digits, ...(isAfterMinus ? [] : [this.#firstDistance(true)]));
  }

  #distance(written: WrittenNumber): number {
    return written.fraction < 0 ? this.#wholeDistance(written) : this.#fractionDistance(written);
  }

  #wholeDistance(written: WrittenNumber): number {
    const { isNegative, digits } = written;
    const length = wholeLength(written);
    const more = digits === 0 ? 0 : DIGITS - length;
    let best = Infinity;
    for (let k = 0; k <= more && k < best; k += 1) {
      const low = BigInt(digits) * power(k);
      const high = low + power(k) - 1n;
      if (this.#has(low * ONE, high * ONE, 0, isNegative)) best = k;
      else if (!this.bounds.integer)
        for (let j = 1; j <= mostFraction(length + k) && k + 1 + j < best; j += 1)
          if (this.#has(low * ONE, (high + 1n) * ONE - 1n, j, isNegative)) best = k + 1 + j;
    }
    return best;
  }

  #fractionDistance(written: WrittenNumber): number {
    if (this.bounds.integer) return Infinity;
    const { isNegative, digits, fraction } = written;
    const most = mostFraction(wholeLength(written));
    for (let j = fraction === 0 ? 1 : 0; fraction + j <= most; j += 1) {
      const unit = power(FRACTION_DIGITS - fraction - j);
      const low = BigInt(digits) * power(j) * unit;
      if (this.#has(low, low + (power(j) - 1n) * unit, fraction + j, isNegative)) return j;
    }
    return Infinity;
  }

  /** Whether a number that is allowed is among those of the range with so many digits after the point. There is no negative zero. */
  #has(low: bigint, high: bigint, fraction: number, isNegative: boolean): boolean {
    const least = isNegative ? -this.#high : this.#low;
    const most = isNegative ? -this.#low : this.#high;
    const floor = isNegative && least < 1n ? 1n : least;
    const first = ceilTo(low > floor ? low : floor, this.#multiples[fraction] as bigint);
    return first <= (high < most ? high : most);
  }
}
