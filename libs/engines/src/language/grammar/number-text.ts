import { NO, type Terminal } from './terminal';

/** What a number has to be; all texts of numbers are plain decimals without an exponent. */
export interface NumberBounds {
  readonly integer: boolean;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly multipleOf?: number | undefined;
}

/** Beginnings that are told apart; beyond them a text goes no further. */
const MAX_STATES = 65_536;

/** Together at most as many digits as a double tells apart. */
const WHOLE_DIGITS = 15;
const FRACTION_DIGITS = 8;
const ONE = 10n ** BigInt(FRACTION_DIGITS);
const LIMIT = 10n ** BigInt(WHOLE_DIGITS) * ONE - 1n;

const POWERS = Array.from({ length: WHOLE_DIGITS + FRACTION_DIGITS + 1 }, (_, power) => 10n ** BigInt(power));
const power = (exponent: number): bigint => POWERS[exponent] as bigint;

/** In units of the last digit, with what is left over after it. */
function scaled(value: number): { units: bigint; exact: boolean } {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential(14).split('e');
  const digits = BigInt(mantissa.replace('.', ''));
  const shift = Number(exponent) - 14 + FRACTION_DIGITS;
  const sign = value < 0 ? -1n : 1n;
  if (shift > 40) return { units: sign * LIMIT, exact: true };
  if (shift >= 0) return { units: sign * digits * 10n ** BigInt(shift), exact: true };
  const unit = 10n ** BigInt(-shift);
  return { units: sign * (digits / unit), exact: digits % unit === 0n };
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
const lcm = (a: bigint, b: bigint): bigint => (a / gcd(a, b)) * b;
const ceilTo = (value: bigint, step: bigint): bigint => {
  const rest = ((value % step) + step) % step;
  return rest === 0n ? value : value - rest + step;
};

/** The smallest and largest that are allowed, in units; what lies between two units is left out. */
function rangeOf(bounds: NumberBounds): { low: bigint; high: bigint } {
  const lows = [-LIMIT];
  const highs = [LIMIT];
  const add = (value: number | undefined, isLow: boolean, isExclusive: boolean): void => {
    if (value === undefined) return;
    const { units, exact } = scaled(value);
    if (isLow) lows.push((!exact && value > 0) || (exact && isExclusive) ? units + 1n : units);
    else highs.push((!exact && value < 0) || (exact && isExclusive) ? units - 1n : units);
  };
  add(bounds.minimum, true, false);
  add(bounds.exclusiveMinimum, true, true);
  add(bounds.maximum, false, false);
  add(bounds.exclusiveMaximum, false, true);
  return {
    low: lows.reduce((a, b) => (a > b ? a : b)),
    high: highs.reduce((a, b) => (a < b ? a : b)),
  };
}

interface Beginning {
  readonly text: string;
  /** Bytes to the nearest number that is allowed; Infinity: none begins so. */
  readonly distance: number;
  /** By byte: the state that it leads to. */
  readonly to: Map<number, number>;
}

const NUMBER = /^(-?)(?:(0|[1-9][0-9]*)(?:\.([0-9]*))?)?$/;
const CHARACTERS = '-.0123456789';

/**
 * A number within bounds. A state is what was written of it, and a byte may follow as long as some number that is allowed begins
 * so: no table of a range has to be made.
 *
 * @throws RangeError where the last digit that is written here is too coarse for `multipleOf`
 */
export class NumberText implements Terminal {
  readonly start = 0;
  readonly #beginnings: Beginning[] = [];
  readonly #byLike = new Map<string, number>();
  readonly #low: bigint;
  readonly #high: bigint;
  readonly #step: bigint;

  constructor(private readonly bounds: NumberBounds) {
    const { low, high } = rangeOf(bounds);
    this.#low = low;
    this.#high = high;
    const { multipleOf } = bounds;
    const step = multipleOf === undefined ? { units: 1n, exact: true } : scaled(multipleOf);
    if (!step.exact || step.units <= 0n) throw new RangeError('multipleOf');
    this.#step = bounds.integer ? lcm(step.units, ONE) : step.units;
    this.#state('');
  }

  step(state: number, byte: number): number {
    const beginning = this.#beginnings[state];
    // Of a range without a number there is not even the first.
    if (!beginning) return NO;
    const known = beginning.to.get(byte);
    if (known !== undefined) return known;
    const character = String.fromCharCode(byte);
    const next = CHARACTERS.includes(character) ? this.#state(beginning.text + character) : NO;
    beginning.to.set(byte, next);
    return next;
  }

  accepts(state: number): boolean {
    return this.cost(state) === 0;
  }

  ended(state: number): boolean {
    return this.accepts(state) && Array.from(CHARACTERS).every((c) => this.step(state, c.charCodeAt(0)) === NO);
  }

  cost(state: number): number {
    return this.#beginnings[state]?.distance ?? Infinity;
  }

  #state(text: string): number {
    const distance = this.#distance(text);
    if (distance === Infinity) return NO;
    const key = this.#likeOf(text);
    const known = this.#byLike.get(key);
    if (known !== undefined) return known;
    if (this.#beginnings.length >= MAX_STATES) return NO;
    const state = this.#beginnings.push({ text, distance, to: new Map() }) - 1;
    this.#byLike.set(key, state);
    return state;
  }

  /**
   * What beginnings that go on alike have in common: their shape, where no end of the range runs through what they may become;
   * otherwise the text itself. A shape looks like a text (`1.0` has that of `1.1`), so more than its digits is said of it.
   */
  #likeOf(text: string): string {
    const match = NUMBER.exec(text);
    const [, sign, whole, fraction] = match ?? [];
    if (whole === undefined || this.#step !== (this.bounds.integer ? ONE : 1n)) return text;
    let isBeyondZero = false;
    const shape = text.replace(/[0-9]/g, (digit) => ((isBeyondZero ||= digit !== '0') ? '1' : '0'));
    const length = fraction?.length ?? 0;
    const unit = power(FRACTION_DIGITS - length);
    const value = BigInt(whole + (fraction ?? '')) * unit;
    if (fraction !== undefined) {
      const side = this.#sideOf(value, value + unit - 1n, sign === '-');
      return side === 'in' ? `${shape} in` : text;
    }
    const more = whole === '0' ? 0 : WHOLE_DIGITS - whole.length;
    const sides = Array.from({ length: more + 1 }, (_, k) =>
      this.#sideOf(value * power(k), (value + ONE) * power(k) - 1n, sign === '-'),
    );
    return sides.includes('across')
      ? text
      : `${shape} ${String(sides.lastIndexOf('in'))} ${String(sides.indexOf('in'))}`;
  }

  #sideOf(low: bigint, high: bigint, isNegative: boolean): 'in' | 'out' | 'across' {
    const [least, most] = isNegative ? [-this.#high, -this.#low] : [this.#low, this.#high];
    if (low >= least && high <= most) return 'in';
    return high < least || low > most ? 'out' : 'across';
  }

  #distance(text: string): number {
    const match = NUMBER.exec(text);
    if (!match) return Infinity;
    const [, sign, whole, fraction] = match;
    if (whole === undefined) {
      const next = sign === '' ? '-0123456789' : '0123456789';
      return 1 + Math.min(...Array.from(next, (character) => this.#distance(text + character)));
    }
    const isNegative = sign === '-';
    return fraction === undefined
      ? this.#wholeDistance(BigInt(whole), whole, isNegative)
      : this.#fractionDistance(BigInt(whole + fraction), fraction.length, isNegative);
  }

  #wholeDistance(value: bigint, digits: string, isNegative: boolean): number {
    const more = digits === '0' ? 0 : WHOLE_DIGITS - digits.length;
    let best = Infinity;
    for (let k = 0; k <= more && k < best; k += 1) {
      const low = value * power(k);
      const high = low + power(k) - 1n;
      if (this.#has(low * ONE, high * ONE, ONE, isNegative)) best = k;
      else if (!this.bounds.integer)
        for (let j = 1; j <= FRACTION_DIGITS && k + 1 + j < best; j += 1) {
          const unit = power(FRACTION_DIGITS - j);
          if (this.#has(low * ONE, (high + 1n) * ONE - unit, unit, isNegative)) best = k + 1 + j;
        }
    }
    return best;
  }

  #fractionDistance(value: bigint, length: number, isNegative: boolean): number {
    if (this.bounds.integer) return Infinity;
    for (let j = length === 0 ? 1 : 0; length + j <= FRACTION_DIGITS; j += 1) {
      const unit = power(FRACTION_DIGITS - length - j);
      const low = value * power(j) * unit;
      if (this.#has(low, low + (power(j) - 1n) * unit, unit, isNegative)) return j;
    }
    return Infinity;
  }

  /** Whether a number that is allowed is among those of the range whose distance is `unit`. There is no negative zero. */
  #has(low: bigint, high: bigint, unit: bigint, isNegative: boolean): boolean {
    const least = isNegative ? -this.#high : this.#low;
    const most = isNegative ? -this.#low : this.#high;
    const floor = isNegative && least < 1n ? 1n : least;
    const first = ceilTo(low > floor ? low : floor, lcm(unit, this.#step));
    return first <= (high < most ? high : most);
  }
}
