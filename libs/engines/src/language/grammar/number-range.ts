/** What a number has to be; all texts of numbers are plain decimals without an exponent. */
export interface NumberBounds {
  readonly integer: boolean;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly multipleOf?: number | undefined;
}

/** All together: so many a double tells apart, so that two texts are never read as one number (IEEE 754, DBL_DIG in C). */
export const DIGITS = 15;
/** At most, after the point: fewer where more stand before it. */
export const FRACTION_DIGITS = 8;
/** In units of the last digit that there may be. */
export const ONE = 10n ** BigInt(FRACTION_DIGITS);

const LIMIT = 10n ** BigInt(DIGITS) * ONE;

/** The shortest decimal that is read as this number: `digits` times ten to the power of `exponent`. */
export function decimalOf(value: number): { readonly digits: bigint; readonly exponent: number } {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** Its decimal in units, cut towards zero, and whether that is all of it. */
function scaled(value: number): { units: bigint; exact: boolean } {
  const { digits, exponent } = decimalOf(value);
  const shift = exponent + FRACTION_DIGITS;
  if (shift >= 0) return { units: digits * 10n ** BigInt(shift), exact: true };
  const unit = 10n ** BigInt(-shift);
  return { units: digits / unit, exact: digits % unit === 0n };
}

/** The smallest and largest that are allowed, in units; what lies between two units is left out. */
export interface NumberRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** Bounds are rounded inwards. Where texts have no more digits than a double, none is read as a number beyond a bound. */
export function rangeOf(bounds: NumberBounds): NumberRange {
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

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
export const lcm = (a: bigint, b: bigint): bigint => (a / gcd(a, b)) * b;

/**
 * What all numbers are multiples of, in units.
 *
 * @throws RangeError where the last digit that is written here is too coarse for `multipleOf`
 */
export function stepOf({ integer, multipleOf }: NumberBounds): bigint {
  const { units, exact } = multipleOf === undefined ? { units: 1n, exact: true } : scaled(multipleOf);
  if (!exact || units <= 0n) throw new RangeError('multipleOf');
  return integer ? lcm(units, ONE) : units;
}
