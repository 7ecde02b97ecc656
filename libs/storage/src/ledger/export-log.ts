import type { KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Database } from '../database/database';
import { keepCheckpoint, signState } from './checkpoints';
import { readState, snapshotFor } from './ledger-rows';
import { writeLog, writeWhole, type Progress } from './write-log';

export type { Progress };

export interface ExportedLog {
  readonly size: number;
  readonly root: string;
  readonly origin: string;
  /** Entry bundles that retention deleted: the tiles over them are there, the entries are not. */
  readonly bundlesMissing: number;
}

/**
 * Writes a whole log into `dir` as C2SP tlog-tiles, with a checkpoint signed for exactly what was written. All of it comes out of
 * one snapshot of the database, so partial tiles and checkpoint agree while the log grows on.
 */
export async function exportLog(
  database: Database,
  tenant: string,
  key: KeyObject,
  dir: string,
  told?: Progress,
): Promise<ExportedLog> {
  await mkdir(dir, { recursive: true });
  const { state, written } = await snapshotFor(database, tenant, async (client) => {
    const found = await readState(client, tenant);
    return { state: found, written: await writeLog(client, dir, { tenant, from: 0, size: found.size }, told) };
  });
  const note = signState(state, key);
  await keepCheckpoint(database, state, note);
  await writeWhole(dir, 'checkpoint', note);
  return { size: state.size, root: state.root.toString('base64'), origin: state.origin, ...written };
}
