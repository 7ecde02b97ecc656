import type { KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Database, Queryable } from '../database/database';
import { keepCheckpoint, signState } from './checkpoints';
import { readState, snapshotFor, type LedgerState } from './ledger-rows';
import { beginsWith, checkpointIn } from './publish-log';
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
 * A folder is written on where this log begins with what it holds. Full tiles of another log would stay and spoil the copy; and what a log
 * that was put back or rewritten is to be held against would be gone.
 */
async function mayWriteInto(client: Queryable, dir: string, state: LedgerState): Promise<boolean> {
  const older = await checkpointIn(dir).catch(() => null);
  if (older === undefined) return true;
  return older?.origin === state.origin && (await beginsWith(client, state.tenant, state.size, older));
}

/**
 * Writes a whole log into `dir` as C2SP tlog-tiles, with a checkpoint signed for exactly what was written. All of it comes out of
 * one snapshot of the database, so partial tiles and checkpoint agree while the log grows on.
 *
 * @throws Error where the folder holds what this log does not begin with
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
    if (!(await mayWriteInto(client, dir, found)))
      throw new Error(
        'the folder holds another log, or what this one does not begin with: name another folder, and compare them with "medserve audit verify --against"',
      );
    return { state: found, written: await writeLog(client, dir, { tenant, from: 0, size: found.size }, told) };
  });
  const note = signState(state, key);
  await keepCheckpoint(database, state, note);
  await writeWhole(dir, 'checkpoint', note);
  return { size: state.size, root: state.root.toString('base64'), origin: state.origin, ...written };
}
