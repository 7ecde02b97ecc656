/** Runs of one size, which is the logarithm of their cost: 1, 2, 3 to 4, 5 to 8 and so on. */
interface SizeFigures {
  readonly size: number;
  readonly runs: number;
  /** Mean cost and time, the later runs weighing more, and the mean deviation of the time. */
  readonly cost: number;
  readonly ms: number;
  readonly deviationMs: number;
}

/** What runs of a model took so far. */
export interface RunTimes {
  readonly runs: number;
  /** Smallest first. */
  readonly sizes: readonly SizeFigures[];
}

export interface RunTime {
  /** Rows; of a model without a batch axis, elements of its inputs. */
  readonly cost: number;
  readonly ms: number;
}

export const NO_RUNS: RunTimes = { runs: 0, sizes: [] };

/** Weight of a new run once there were as many (RFC 6298 gives a new round trip the same). */
const WEIGHT = 1 / 8;
/** So many runs have to be known before anything is refused on their word. */
const LEAST_RUNS = 5;

const sizeOf = (cost: number): number => Math.ceil(Math.log2(Math.max(cost, 1)));
const towards = (from: number, to: number, weight: number): number => from + weight * (to - from);

export function learnRun({ runs, sizes }: RunTimes, { cost, ms }: RunTime): RunTimes {
  const size = sizeOf(cost);
  const known = sizes.find((figures) => figures.size === size);
  const weight = Math.max(WEIGHT, 1 / ((known?.runs ?? 0) + 1));
  const learned: SizeFigures = known
    ? {
        size,
        runs: known.runs + 1,
        cost: towards(known.cost, cost, weight),
        ms: towards(known.ms, ms, weight),
        deviationMs: towards(known.deviationMs, Math.abs(ms - known.ms), weight),
      }
    : { size, runs: 1, cost, ms, deviationMs: 0 };
  const others = sizes.filter((figures) => figures.size !== size);
  return { runs: runs + 1, sizes: [...others, learned].sort((a, b) => a.size - b.size) };
}

/**
 * How long a run of this cost is expected to take: between what was seen in a straight line, below it in proportion.
 *
 * @returns `undefined` above what was seen.
 */
export function expectedRunMs({ sizes }: RunTimes, cost: number): number | undefined {
  let below: SizeFigures | undefined;
  for (const figures of sizes) {
    if (figures.cost >= cost || figures.size === sizeOf(cost)) {
      if (figures.cost <= cost) return figures.ms;
      const from = below ?? { cost: 0, ms: 0 };
      return towards(from.ms, figures.ms, (cost - from.cost) / (figures.cost - from.cost));
    }
    below = figures;
  }
  return undefined;
}

/** What a run of this cost takes when all goes right; above what was seen, no less than the largest. 0 before there were a few runs. */
export function leastRunMs(times: RunTimes, cost: number): number {
  const largest = times.sizes.at(-1);
  if (times.runs < LEAST_RUNS || !largest) return 0;
  const expectedMs = expectedRunMs(times, cost) ?? largest.ms;
  const deviations = times.sizes.find(({ size }) => size >= sizeOf(cost)) ?? largest;
  return Math.max(0, expectedMs - deviations.deviationMs);
}

/** What one unit of cost takes in the best size of run; `undefined` before there were a few runs. */
export function leastMsPerCost({ runs, sizes }: RunTimes): number | undefined {
  if (runs < LEAST_RUNS) return undefined;
  return Math.min(...sizes.map(({ ms, deviationMs, cost }) => Math.max(0, ms - deviationMs) / Math.max(cost, 1)));
}
