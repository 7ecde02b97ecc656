import { canBeAnswered, learnRun, NO_RUNS, predictWaitMs, type Backlog, type RunTimes } from '@medserve/serving';
import type { RunUnderWay } from './run-under-way';
import type { Ticket } from './ticket';
import type { BatchOutcome } from './worker-messages';

/** Far predictions are guesses. */
const LONGEST_RETRY_MS = 60_000;
/** Weight of a new run in the mean. */
const WEIGHT = 1 / 8;

/** What a host has learned from its runs, and what follows from it for those who arrive. */
export class RunEstimates {
  private learned = NO_RUNS;
  private meanMsPerRow: number | undefined;

  get times(): RunTimes {
    return this.learned;
  }

  get msPerRow(): number | undefined {
    return this.meanMsPerRow;
  }

  /** What the batches of a turn took counts for each in the same share. */
  learn(run: RunUnderWay, outcomes: readonly BatchOutcome[], nowMs: number): void {
    // What was run in parts says nothing about runs of its size.
    if (!outcomes.every(({ runs, bisected }) => runs === 1 && !bisected)) return;
    const ms = run.forMs(nowMs);
    const turns = run.batches.length;
    this.learned = learnRun(this.learned, { cost: run.cost / turns, ms: ms / turns });
    const msPerRow = ms / run.rows;
    this.meanMsPerRow = (this.meanMsPerRow ?? msPerRow) + WEIGHT * (msPerRow - (this.meanMsPerRow ?? msPerRow));
  }

  canBeAnswered({ cost, deadlineAtMs }: Ticket, backlog: Backlog, nowMs: number): boolean {
    return canBeAnswered({ cost, leftMs: deadlineAtMs - nowMs }, backlog, this.learned);
  }

  /** When coming again makes sense; `undefined` as long as nothing is known. */
  retryAfterMs(backlog: Backlog): number | undefined {
    const waitMs = predictWaitMs(backlog, this.learned);
    return waitMs === undefined ? undefined : Math.min(Math.max(1, Math.ceil(waitMs)), LONGEST_RETRY_MS);
  }
}
