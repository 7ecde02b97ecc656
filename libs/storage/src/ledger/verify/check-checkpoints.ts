import { openNote, parseCheckpoint } from '@medserve/ledger';
import type { Queryable } from '../../database/database';
import type { LedgerState } from '../ledger-rows';
import type { KeyChain } from './key-chain';
import type { Findings } from './problem';
import type { RootAt } from './replay';

interface Row {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
}

const SHORTER = 'The log is shorter than a checkpoint that was signed: entries are missing at its end.';

/** What is wrong with a kept checkpoint on its own, or nothing. */
function wrongWith({ size, root, note }: Row, state: LedgerState, verifier: string): string | undefined {
  try {
    const said = parseCheckpoint(openNote(note, verifier));
    if (said.origin !== state.origin) return 'The checkpoint is of another log.';
    if (said.size !== size || !said.root.equals(root)) return 'The checkpoint does not say what its row says.';
    return said.size > state.size ? SHORTER : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'The checkpoint cannot be read.';
  }
}

/**
 * Checks every kept checkpoint's signature and that the log had that root at that size: each older log is then a beginning of
 * the newer one.
 */
export class CheckpointCheck {
  private constructor(
    private readonly rows: readonly Row[],
    private readonly state: LedgerState,
  ) {}

  static async read(client: Queryable, state: LedgerState): Promise<CheckpointCheck> {
    const text = 'SELECT size, root, note FROM ledger_checkpoint WHERE tenant = $1 ORDER BY size';
    const rows = await client.rows<Omit<Row, 'size'> & { size: string }>({ text, values: [state.tenant] });
    return new CheckpointCheck(
      rows.map((row) => ({ ...row, size: Number(row.size) })),
      state,
    );
  }

  get sizes(): number[] {
    return this.rows.map(({ size }) => size);
  }

  /** What was never signed lacks no checkpoint: no recorder may have run since it was recorded. */
  missing(findings: Findings): void {
    const covered = this.rows.at(-1)?.size ?? 0;
    const { signed } = this.state;
    if (signed <= covered) return;
    const detail = `No checkpoint covers what is from here on, though one of size ${String(signed)} was signed: it was taken away.`;
    findings.note({ kind: 'checkpoint', index: covered, detail });
  }

  compare(rootAt: RootAt, keys: KeyChain, findings: Findings): void {
    let agreed = 0;
    for (const row of this.rows) {
      const wrong = wrongWith(row, this.state, keys.verifierAt(row.size, row.note));
      if (wrong !== undefined) findings.note({ kind: 'checkpoint', index: row.size, detail: wrong });
      if (rootAt.get(row.size)?.equals(row.root) === false) {
        const detail = 'History before this checkpoint was rewritten.';
        findings.note({ kind: 'checkpoint', index: row.size, detail });
        findings.note({
          kind: 'entry',
          index: agreed,
          detail: 'An entry from here on is not the one that was signed.',
        });
        return;
      }
      agreed = row.size;
    }
  }
}
