import type { KeyObject } from 'node:crypto';
import { checkpointText, signNote } from '@medserve/ledger';
import type { Database } from '../database/database';
import { readState, type LedgerState } from './ledger-rows';

export const signState = (state: LedgerState, key: KeyObject): string =>
  signNote(checkpointText(state), state.origin, key);

/** Keeps a signed checkpoint; its commit waits for the disk, and with it all that the checkpoint covers. */
export async function keepCheckpoint(database: Database, state: LedgerState, note: string): Promise<void> {
  const text = 'INSERT INTO ledger_checkpoint (size, root, note) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING';
  await database.rows({ text, values: [state.size, state.root, note] });
}

/** Signs the log as it is now. Returns the note. */
export async function cutCheckpoint(database: Database, key: KeyObject): Promise<string> {
  const state = await readState(database);
  const note = signState(state, key);
  await keepCheckpoint(database, state, note);
  return note;
}
