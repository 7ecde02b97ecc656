import { GrowingTree } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';
import { checkCheckpoints, type RootAt } from './verify/check-checkpoints';
import { checkRequests } from './verify/check-requests';
import { checkResults } from './verify/check-results';
import { EntryCheck } from './verify/check-entries';
import type { Progress } from './export-log';
import { readEntries, readState, type LedgerState } from './ledger-rows';
import type { Problem } from './verify/problem';

export interface Verdict {
  readonly size: number;
  /** Base64, as in the checkpoint. */
  readonly root: string;
  readonly origin: string;
  /** Entries, checkpoints, requests and results that were checked. */
  readonly checked: { entries: number; checkpoints: number; requests: number; results: number };
  /** Events committed and not yet in the ledger. */
  readonly waiting: number;
  /** Empty when database, tiles and checkpoints agree; otherwise the first bad row of each kind. */
  readonly problems: readonly Problem[];
}

export interface VerifyOptions {
  /** Verifier key in note form; a copy kept elsewhere proves more than the one at hand. */
  readonly verifier: string;
  readonly sampledResults?: number;
  readonly told?: Progress;
}

const PAGE = 4_096;

/** Replays the log from its entries, stopping at the sizes of the checkpoints. */
async function replay(client: Queryable, state: LedgerState, stops: readonly number[], told: Progress) {
  const tree = new GrowingTree(0, []);
  const check = new EntryCheck(client);
  const rootAt: RootAt = new Map([[0, tree.root()]]);
  const borders = [...new Set([...stops.filter((size) => size <= state.size), state.size])].sort((a, b) => a - b);
  for (const border of borders) {
    while (tree.size < border && check.isDense) {
      const rows = await readEntries(client, tree.size, Math.min(border, tree.size + PAGE));
      await check.take(rows, tree, Math.min(border, tree.size + PAGE));
      told(tree.size, state.size);
    }
    if (tree.size === border) rootAt.set(border, tree.root());
  }
  await check.finish(state);
  return { rootAt, problems: check.problems, entries: tree.size };
}

/**
 * Checks everything that can be checked from the database: that the entries are dense and say what their columns say, that
 * tiles and root follow from them, that every checkpoint is signed and was true at its size, that requests and entries
 * match one to one, and that (sampled) results are the bytes that were recorded. One snapshot; the platform may run.
 */
export function verifyLog(database: Database, options: VerifyOptions): Promise<Verdict> {
  const { verifier, sampledResults = 200, told = () => undefined } = options;
  return database.transaction('one snapshot', async (client) => {
    const state = await readState(client);
    const checkpoints = await checkCheckpoints(client, state, verifier);
    const replayed = await replay(client, state, checkpoints.sizes, told);
    const problems = [...replayed.problems];
    const own = replayed.rootAt.get(state.size);
    if (own?.equals(state.root) === false) {
      problems.push({ kind: 'root', detail: 'The root does not follow from the entries.' });
    }
    problems.push(...checkpoints.compare(replayed.rootAt));
    const requests = await checkRequests(client);
    const results = await checkResults(client, sampledResults);
    return {
      size: state.size,
      root: state.root.toString('base64'),
      origin: state.origin,
      checked: {
        entries: replayed.entries,
        checkpoints: checkpoints.sizes.length,
        requests: requests.count,
        results: results.count,
      },
      waiting: requests.waiting,
      problems: [...problems, ...requests.problems, ...results.problems],
    };
  });
}
