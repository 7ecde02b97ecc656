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

/**
 * The first entry about a request that should have been signed: since it was accepted others were for longer than a recorder can be
 * late, by the clock of the database.
 */
const UNSIGNED = `
SELECT min(index) AS index FROM ledger_entry JOIN request ON request.accepted_event = ledger_entry.event
WHERE ledger_entry.tenant = $1 AND request.tenant = $1 AND index >= $2
  AND request.accepted_at < (SELECT max(accepted_at) FROM request WHERE tenant = $1) - interval '10 minutes'`;

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

  /** A log that is held is not signed, and somebody knows of it. */
  async missing(client: Queryable, findings: Findings): Promise<void> {
    if (this.state.isHeld) return;
    const values = [this.state.tenant, this.rows.at(-1)?.size ?? 0];
    const [row] = await client.rows<{ index: string | null }>({ text: UNSIGNED, values });
    if (typeof row?.index !== 'string') return;
    const detail =
      'No checkpoint covers what is from here on, though one is signed each minute: they were taken away, or no recorder signs.';
    findings.note({ kind: 'checkpoint', index: Number(row.index), detail });
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
