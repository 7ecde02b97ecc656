import type { RunUnderWay } from './run-under-way';
import type { Ticket } from './ticket';
import type { BatchOutcome } from './worker-messages';

/**
 * What runs batches, one after the other: a `ModelThread`. Gives the last frame of every ticket of each; does not throw for what a
 * request did.
 */
export interface BatchRunner {
  run(batches: readonly (readonly Ticket[])[], nowMs: number): Promise<readonly BatchOutcome[]>;
}

/** One instance of the model, and what it does. */
export interface Instance {
  readonly runner: BatchRunner;
  run: RunUnderWay | undefined;
}
