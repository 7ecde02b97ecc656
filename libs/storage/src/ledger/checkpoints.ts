import type { KeyObject } from 'node:crypto';
import { checkpointText, signNote } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';
import type { LedgerState } from './ledger-rows';

export const signState = (state: LedgerState, key: KeyObject): string =>
  signNote(checkpointText(state), state.origin, key);

/** With how far the log was signed, by which it is seen that checkpoints were taken away. */
const KEEP = `
WITH kept AS (
  INSERT INTO ledger_checkpoint (tenant, size, root, note) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, size) DO NOTHING
)
UPDATE ledger_state SET signed = $2 WHERE tenant = $1 AND signed < $2`;

/** Keeps a signed checkpoint; its commit waits for the disk, and with it all that the checkpoint covers. */
export async function keepCheckpoint(database: Database, state: LedgerState, note: string): Promise<void> {
  await database.rows({ text: KEEP, values: [state.tenant, state.size, state.root, note] });
}

/** Signs a log as it was seen. Returns the note. */
export async function cutCheckpoint(database: Database, state: LedgerState, key: KeyObject): Promise<string> {
  const note = signState(state, key);
  await keepCheckpoint(database, state, note);
  return note;
}

const LATEST = `
SELECT note, (SELECT coalesce(string_agg(line || E'\\n', '' ORDER BY witness), '') FROM ledger_cosignature AS cosigned
  WHERE cosigned.tenant = checkpoint.tenant AND cosigned.size = checkpoint.size) AS cosignatures
FROM ledger_checkpoint AS checkpoint WHERE tenant = $1 ORDER BY size DESC LIMIT 1`;

/** The newest checkpoint that was kept, with the lines of the witnesses that cosigned it. */
export async function latestCheckpoint(client: Queryable, tenant: string): Promise<string | undefined> {
  const [row] = await client.rows<{ note: string; cosignatures: string }>({ text: LATEST, values: [tenant] });
  return row === undefined ? undefined : row.note + row.cosignatures;
}
