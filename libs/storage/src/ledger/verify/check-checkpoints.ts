import { openNote, parseCheckpoint } from '@medserve/ledger';
import type { Queryable } from '../../database/database';
import type { LedgerState } from '../ledger-rows';
import type { Problem } from './problem';

/** Roots that follow from the entries, by the size of the log. */
export type RootAt = Map<number, Buffer>;

interface Row {
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
}

/** What is wrong with a kept checkpoint on its own, or nothing. */
function wrongWith({ size, root, note }: Row, state: LedgerState, verifier: string): string | undefined {
  try {
    const said = parseCheckpoint(openNote(note, verifier));
    if (said.origin !== state.origin) return 'The checkpoint is of another log.';
    if (said.size !== Number(size) || !said.root.equals(root)) return 'The checkpoint does not say what its row says.';
    if (said.size > state.size)
      return 'The log is shorter than a checkpoint that was signed: entries are missing at its end.';
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'The checkpoint cannot be read.';
  }
}

/**
 * Checks every kept checkpoint's signature and, once the roots are known, that the log had that root at that size: each
 * older log is then a beginning of the newer one.
 */
export async function checkCheckpoints(client: Queryable, state: LedgerState, verifier: string) {
  const rows = await client.rows<Row>({
    text: 'SELECT size, root, note FROM ledger_checkpoint ORDER BY size',
    values: [],
  });
  const problems = rows.flatMap((row): Problem[] => {
    const detail = wrongWith(row, state, verifier);
    return detail === undefined ? [] : [{ kind: 'checkpoint', index: Number(row.size), detail }];
  });
  return {
    sizes: rows.map(({ size }) => Number(size)),
    compare: (rootAt: RootAt): Problem[] => {
      const untrue = rows.find(({ size, root }) => rootAt.get(Number(size))?.equals(root) === false);
      const rewritten: Problem[] =
        untrue === undefined
          ? []
          : [
              {
                kind: 'checkpoint',
                index: Number(untrue.size),
                detail: 'History before this checkpoint was rewritten.',
              },
            ];
      return [...problems, ...rewritten];
    },
  };
}
