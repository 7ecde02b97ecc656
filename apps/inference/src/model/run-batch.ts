import type { AnyTensor } from '@medserve/clinical';
import type { Session } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import type { BatchShare } from '@medserve/rpc';
import { joinRows, splitRows } from './batch-axis';

/** One request's part of a batch. All parts of a batch fit together: same tensors, datatypes and shapes behind the first axis. */
export interface BatchPart {
  readonly feeds: readonly AnyTensor[];
  /** Along the first axis; 1 where the model has no batch axis. */
  readonly rows: number;
}

export type PartOutcome =
  | {
      readonly kind: 'ran';
      readonly outputs: readonly AnyTensor[];
      readonly share: BatchShare;
      /** Of the whole run, in milliseconds: putting together, running, taking apart. */
      readonly joinMs: number;
      readonly runMs: number;
      readonly splitMs: number;
    }
  | { readonly kind: 'failed'; readonly error: ServingError };

/** What a batch took. */
export interface RunTally {
  /** That went well. */
  runs: number;
  bisected: boolean;
  unbatchable: boolean;
}

const failed = (error: unknown): PartOutcome => ({
  kind: 'failed',
  error:
    error instanceof ServingError
      ? error
      : new ServingError('inference_failed', 'The model failed on this input.', { cause: error }),
});

/**
 * Runs the parts together and gives each what is its own. When a run of several fails, its halves are run again, so that in the
 * end only the parts fail that something is wrong with: at most 2 log2(n) runs more for each of them.
 *
 * @param wanted names of outputs; absent: all.
 * @param tally is added to.
 */
export async function runBatch(
  session: Pick<Session, 'run'>,
  parts: readonly BatchPart[],
  wanted: readonly string[] | undefined,
  tally: RunTally,
): Promise<readonly PartOutcome[]> {
  const beganAtMs = performance.now();
  let joinedAtMs: number;
  let outputs: readonly AnyTensor[];
  try {
    const feeds = joinRows(parts.map((part) => part.feeds));
    joinedAtMs = performance.now();
    outputs = await session.run(feeds, wanted);
  } catch (error) {
    if (parts.length === 1) return [failed(error)];
    tally.bisected = true;
    const middle = parts.length >>> 1;
    const first = await runBatch(session, parts.slice(0, middle), wanted, tally);
    return [...first, ...(await runBatch(session, parts.slice(middle), wanted, tally))];
  }
  tally.runs += 1;
  const ranAtMs = performance.now();
  const rows = parts.map((part) => part.rows);
  const split = parts.length === 1 ? [outputs] : splitRows(outputs, rows);
  if (!split) {
    tally.unbatchable = true;
    const alone: PartOutcome[] = [];
    for (const part of parts) alone.push(...(await runBatch(session, [part], wanted, tally)));
    return alone;
  }
  const batchRows = rows.reduce((sum, count) => sum + count, 0);
  const times = { joinMs: joinedAtMs - beganAtMs, runMs: ranAtMs - joinedAtMs, splitMs: performance.now() - ranAtMs };
  return split.map((own, index) => ({
    kind: 'ran',
    outputs: own,
    share: { rows: rows[index] ?? 1, batchRows, leads: index === 0 },
    ...times,
  }));
}
