import type { RunUnderWay } from './run-under-way';
import type { Ticket } from './ticket';
import type { BatchOutcome } from './worker-messages';

/** What runs batches: a `ModelThread`. Gives the last frame of every ticket; does not throw for what a request did. */
export interface BatchRunner {
  run(tickets: readonly Ticket[], nowMs: number): Promise<BatchOutcome>;
}

/** One instance of the model, and what it does. */
export interface Instance {
  readonly runner: BatchRunner;
  run: RunUnderWay | undefined;
}
