import { unwritable } from './unwritable';

const MAX_CHARACTERS = 16;

/**
 * A number as a Decimal String: at most 16 characters (PS3.5 6.2), with as many digits as fit.
 *
 * @throws ServingError `internal` for what is no number
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw unwritable('A decimal string has to be a number.');
  const exact = String(value);
  if (exact.length <= MAX_CHARACTERS) return exact;
  for (let digits = MAX_CHARACTERS; digits > 1; digits -= 1) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= MAX_CHARACTERS) return shorter;
  }
  return value.toExponential(0);
}

/**
 * A number as an Integer String: what 32 bits with sign hold (PS3.5 6.2).
 *
 * @throws ServingError `internal` for anything else
 */
export function integerString(value: number): string {
  if ((value | 0) !== value) throw unwritable('An integer string has to be a whole number of 32 bits.');
  return String(value);
}
