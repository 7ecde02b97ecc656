import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMPTY_ROOT, parseCheckpoint, rootFromTiles, splitNote, type Checkpoint } from '@medserve/ledger';
import type { Database, Queryable } from '../database/database';
import { latestCheckpoint } from './checkpoints';
import { readState, snapshotFor, tileReader } from './ledger-rows';
import { writeLog, writeWhole } from './write-log';

/** What stands outside and the log are not one history: nothing is written until somebody has looked. */
export class ForkedLogError extends Error {
  constructor(readonly tenant: string) {
    super('A published log is ahead of the database, or another: the database may be an older copy.');
  }
}

/** Each tenant's log has a folder of its own. */
export const publishedAt = (dir: string, tenant: string): string => join(dir, tenant);

/**
 * The checkpoint of a published log; undefined where nothing was published yet.
 * @throws SyntaxError or Error where it cannot be read
 */
export const publishedCheckpoint = (dir: string, tenant: string): Promise<Checkpoint | undefined> =>
  checkpointIn(publishedAt(dir, tenant));

/** The same, of any folder with a log. */
export async function checkpointIn(folder: string): Promise<Checkpoint | undefined> {
  try {
    const note = await readFile(join(folder, 'checkpoint'), 'utf8');
    return parseCheckpoint(splitNote(note).text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function beginsWith(client: Queryable, tenant: string, size: number, older: Checkpoint): Promise<boolean> {
  if (older.size > size) return false;
  const root = older.size === 0 ? EMPTY_ROOT : await rootFromTiles(older.size, tileReader(client, tenant));
  return root.equals(older.root);
}

/**
 * Brings the published files of a log up to its newest kept checkpoint: what is new, the checkpoint last. When it is killed in
 * between, the old checkpoint still stands for what it did, and the next call goes on from there.
 *
 * @returns the size that is published now; undefined where there is no checkpoint yet
 * @throws ForkedLogError
 */
export function publishLog(database: Database, tenant: string, dir: string): Promise<number | undefined> {
  const folder = publishedAt(dir, tenant);
  return snapshotFor(database, tenant, async (client) => {
    const note = await latestCheckpoint(client, tenant);
    const older = await publishedCheckpoint(dir, tenant);
    if (note === undefined) {
      if (older !== undefined && older.size > 0) throw new ForkedLogError(tenant);
      return undefined;
    }
    const { size, origin } = parseCheckpoint(splitNote(note).text);
    if (older !== undefined) {
      const state = await readState(client, tenant);
      const isSame = older.origin === origin && older.size <= size;
      if (!isSame || !(await beginsWith(client, tenant, state.size, older))) throw new ForkedLogError(tenant);
    }
    await writeLog(client, folder, { tenant, from: older?.size ?? 0, size });
    const written = await readFile(join(folder, 'checkpoint'), 'utf8').catch(() => undefined);
    if (written !== note) await writeWhole(folder, 'checkpoint', note);
    return size;
  });
}
