import type { Session } from '../engine';
import { randomFeeds } from './random-feeds';

export interface RowTime {
  readonly rows: number;
  readonly msPerRow: number;
}

const SIZES = [1, 2, 4, 8, 16, 32];
/** A batch that runs longer would keep an urgent request waiting for longer than any gain is worth. */
const LONGEST_RUN_MS = 2_000;
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 50;
const BUDGET_MS = 3_000;
/** A larger batch is worth its wait where it brings so much more rows a second. */
const WORTH = 1.05;

/**
 * Milliseconds for each row by size of the batch. The sizes take turns, and the quickest run of each counts: whatever else the
 * machine does makes a run slower, never quicker, and strikes them all alike.
 *
 * @param run runs a batch of so many rows
 */
export async function measureRows(
  run: (rows: number) => Promise<void>,
  told: (percent: number) => void = () => undefined,
  now: () => number = () => performance.now(),
): Promise<readonly RowTime[]> {
  const timed = async (rows: number): Promise<number> => {
    const before = now();
    await run(rows);
    return now() - before;
  };
  const quickest = new Map<number, number>();
  for (const rows of SIZES) {
    const first = await timed(rows);
    if (first > LONGEST_RUN_MS && rows > 1) break;
    quickest.set(rows, first);
  }
  const began = now();
  for (let round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || now() - began < BUDGET_MS); round += 1) {
    for (const [rows, before] of quickest) quickest.set(rows, Math.min(before, await timed(rows)));
    told(Math.min(100, Math.max((100 * (round + 1)) / MOST_ROUNDS, (100 * (now() - began)) / BUDGET_MS)));
  }
  return [...quickest].map(([rows, ms]) => ({ rows, msPerRow: Number((ms / rows).toPrecision(4)) }));
}

/** The largest size up to which every doubling brought at least 5 % more rows a second; 1 when none did. */
export function rowCap(times: readonly RowTime[]): number {
  let cap = 1;
  for (const [index, { rows, msPerRow }] of times.entries()) {
    const before = times[index - 1];
    if (before && before.msPerRow < msPerRow * WORTH) break;
    cap = rows;
  }
  return cap;
}

const MICROSECONDS = 1_000;

/** What this process has worked, in milliseconds: on a busy machine nearer to the truth than the time that passed. */
function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS;
}

/**
 * Measures a loaded model whose first axis is a batch and whose other axes are fixed, on random numbers.
 *
 * @param threads that the session runs on; one thread is measured by its work, several by the time that passes
 */
export async function profile(
  session: Session,
  threads: number,
  told?: (percent: number) => void,
): Promise<readonly RowTime[]> {
  const feeds = new Map(SIZES.map((rows) => [rows, randomFeeds(session.inputs, rows)]));
  const run = async (rows: number): Promise<void> => {
    await session.run(feeds.get(rows) ?? []);
  };
  return measureRows(run, told, threads === 1 ? workedMs : undefined);
}
