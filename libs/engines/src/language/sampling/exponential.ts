const LOG2_E = 1.4426950408889634;
const LN_2 = 0.6931471805599453;

/** Below it e^x is told as 0: there it is less than 10^-300. */
const LEAST = -700;

/** 2^-n. */
const HALVES = Float64Array.from({ length: 1_024 }, (_, n) => 2 ** -n);

/**
 * e^x for x at most 0, to 1 part in 10^8: the power of two, and the Taylor series of what is left. Sums and products only, so
 * every machine gives the same bits, which a library's `exp` does not promise; and it is no slower.
 */
export function expOf(x: number): number {
  if (!(x > LEAST)) return 0;
  // Half added and cut: to the nearest.
  const n = (0.5 - x * LOG2_E) | 0;
  const r = x + n * LN_2;
  const series =
    1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5_040)))))));
  return series * (HALVES[n] as number);
}
