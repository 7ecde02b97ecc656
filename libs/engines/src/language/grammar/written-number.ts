import { DIGITS, FRACTION_DIGITS } from './number-range';

/** What was written of a number: at least one digit of it. */
export interface WrittenNumber {
  readonly isNegative: boolean;
  /** All digits as one number, without the point. */
  readonly digits: number;
  /** How many of them stand after the point. -1: there is none yet. */
  readonly fraction: number;
}

/** Without a point, or with 0 to 7 digits after it: after all eight nothing may follow. */
const PHASES = FRACTION_DIGITS + 1;

/**
 * The beginning as one whole number, and back again. It stays below 2^53: of at most 14 digits, since after the fifteenth nothing
 * may follow, in 9 phases, with a sign.
 */
export const packed = ({ isNegative, digits, fraction }: WrittenNumber): number =>
  (digits * PHASES + fraction + 1) * 2 + (isNegative ? 1 : 0);

export function unpacked(code: number): WrittenNumber {
  const rest = Math.floor(code / 2);
  return { isNegative: code % 2 === 1, digits: Math.floor(rest / PHASES), fraction: (rest % PHASES) - 1 };
}

/** How many digits stand before the point. */
export const wholeLength = ({ digits, fraction }: WrittenNumber): number =>
  Math.max(1, String(digits).length - Math.max(0, fraction));

/** How many digits may stand after the point, where so many stand before it. */
export const mostFraction = (whole: number): number => Math.min(FRACTION_DIGITS, DIGITS - whole);

/** @returns `undefined`: it cannot go on so */
export function withCharacter(written: WrittenNumber, character: string): WrittenNumber | undefined {
  const { isNegative, digits, fraction } = written;
  if (character === '-') return undefined;
  if (character === '.') return fraction < 0 ? { isNegative, digits, fraction: 0 } : undefined;
  const length = wholeLength(written);
  if (fraction < 0 ? digits === 0 || length >= DIGITS : fraction >= mostFraction(length)) return undefined;
  return { isNegative, digits: digits * 10 + Number(character), fraction: fraction < 0 ? fraction : fraction + 1 };
}
