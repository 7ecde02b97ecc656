/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** Significant digits that are tried: any decimal of 6 survives a float32, and any float32 survives a decimal of 9. */
const FEWEST_DIGITS = 6;
const MOST_DIGITS = 9;

/**
 * The double with a short text that becomes `value`, a float32, again: 1.1 instead of 1.100000023841858. A whole number over a
 * power of ten that are both exact divides into the double next to that decimal, which is the one that prints as it; so a few
 * multiplications do what formatting and parsing would, but for numbers too large or too small for such a power.
 */
export function shortFloat(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const leading = Math.floor(Math.log10(Math.abs(value)));
  for (let digits = FEWEST_DIGITS; digits <= MOST_DIGITS; digits += 1) {
    const decimals = digits - 1 - leading;
    const power = POWERS[Math.abs(decimals)];
    const short = power === undefined ? Number(value.toPrecision(digits)) : rounded(value, decimals, power);
    if (Math.fround(short) === value) return short;
  }
  return value;
}

const rounded = (value: number, decimals: number, power: number): number =>
  decimals >= 0 ? Math.round(value * power) / power : Math.round(value / power) * power;
