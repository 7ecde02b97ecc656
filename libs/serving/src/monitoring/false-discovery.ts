/**
 * The level at which each of many tests is done so that of all alarms no more than the share `rate` is expected to be false (Benjamini
 * and Hochberg, Journal of the Royal Statistical Society B 57(1), 1995). It holds where tests depend on each other positively
 * (Benjamini and Yekutieli, Annals of Statistics 29(4), 2001), as two statistics of one sample do.
 *
 * @param tails of all tests that are done
 * @returns a test alarms where its tail is not above this
 */
export function correctedLevel(tails: readonly number[], rate: number): number {
  const sorted = [...tails].sort((one, other) => one - other);
  let rejected = 0;
  for (const [at, tail] of sorted.entries()) if (tail <= (rate * (at + 1)) / sorted.length) rejected = at + 1;
  return (rate * Math.max(1, rejected)) / Math.max(1, sorted.length);
}
